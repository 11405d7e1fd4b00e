package io.unifiedmemory.meaning;

import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A folder with a model that runs in this process: the ONNX Runtime with the library of this platform, the network and its
 * vocabulary. {@link AddOnInstaller} makes it. Nothing of it is loaded before {@link #load}. Immutable; thread-safe.
 */
public final class AddOn implements ModelSource {

    /** The identity of the model that the add-on holds, quantized as its name says. */
    public static final String MODEL = "e5-small-v2-q";

    static final String RUNTIME = "onnxruntime.jar";
    static final String NATIVE = "native";
    static final String NETWORK = MODEL + ".onnx";
    static final String VOCABULARY = "vocabulary.txt";

    /** Where the ONNX Runtime looks for its library instead of unpacking its jar at every start. */
    private static final String NATIVE_PROPERTY = "onnxruntime.native.path";

    /** A library can be loaded by one class loader only. */
    private static final Map<Path, Loader> LOADERS = new ConcurrentHashMap<>();

    private final Path folder;

    public AddOn(Path folder) {
        this.folder = folder.toAbsolutePath().normalize();
    }

    public Path folder() {
        return folder;
    }

    @Override
    public String model() {
        return MODEL;
    }

    @Override
    public boolean isThere() {
        return Files.isRegularFile(folder.resolve(RUNTIME));
    }

    @Override
    public EmbeddingModel load() {
        System.setProperty(NATIVE_PROPERTY, folder.resolve(NATIVE).toString());
        try {
            List<String> vocabulary = Files.readAllLines(folder.resolve(VOCABULARY));
            return new E5Model(MODEL, vocabulary, encoder());
        } catch (ReflectiveOperationException | IOException | LinkageError e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new ModelException(
                    "the model in " + folder + " cannot be loaded: " + cause + " (unified-memory model install"
                            + " installs it anew)",
                    e);
        }
    }

    private SentenceEncoder encoder() throws ReflectiveOperationException, IOException {
        Loader loader = LOADERS.computeIfAbsent(folder, AddOn::loader);
        try {
            return loader.loadClass(Loader.OURS + "OnnxEncoder")
                    .asSubclass(SentenceEncoder.class)
                    .getConstructor(Path.class)
                    .newInstance(folder.resolve(NETWORK));
        } catch (ReflectiveOperationException | LinkageError e) {
            // A loader never tries again what it could not load. But one whose runtime works has the library.
            if (!(e.getCause() instanceof ModelException) && LOADERS.remove(folder, loader)) {
                loader.close();
            }
            throw e;
        }
    }

    private static Loader loader(Path folder) {
        try {
            URL program = AddOn.class.getProtectionDomain().getCodeSource().getLocation();
            URI runtime = folder.resolve(RUNTIME).toUri();
            return new Loader(new URL[] {runtime.toURL(), program}, AddOn.class.getClassLoader());
        } catch (MalformedURLException e) {
            throw new IllegalStateException("a path has a URL", e);
        }
    }

    /** Defines the runtime's classes and those that know them; asks for all others where this class is from. */
    private static final class Loader extends URLClassLoader {

        static final String OURS = "io.unifiedmemory.meaning.onnx.";

        private static final String RUNTIMES = "ai.onnxruntime.";

        static {
            registerAsParallelCapable();
        }

        Loader(URL[] places, ClassLoader parent) {
            super(places, parent);
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (!name.startsWith(OURS) && !name.startsWith(RUNTIMES)) {
                return super.loadClass(name, resolve);
            }
            synchronized (getClassLoadingLock(name)) {
                Class<?> loaded = findLoadedClass(name);
                return loaded == null ? findClass(name) : loaded;
            }
        }
    }
}
