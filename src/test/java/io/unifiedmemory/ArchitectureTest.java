package io.unifiedmemory;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static java.util.Map.entry;
import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaFieldAccess;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** What the packages may know of each other, and what of the platform only one of them touches. */
class ArchitectureTest {

    private static final String ROOT = "io.unifiedmemory";
    private static final Set<String> STANDARD_STREAMS = Set.of("in", "out", "err");

    /** What options are made of. */
    private static final Set<String> ADDRESSES = Set.of("ListenAddress", "ProtectedResources", "ServerAddress");

    /** Where a thread waits for time alone, and why. */
    private static final Map<String, String> PAUSES = Map.ofEntries(
            entry("memory.util.Pause", "where everything else waits for time to pass"),
            entry("mcp.CallsInFlight", "the last call ends the wait, or the time that it has at the end"),
            entry("store.sqlite.db.Handle", "another process has the lock of the file"),
            entry("store.sqlite.index.Indexer", "writers go first"),
            entry("chaos.Actor", "operations at random times"),
            entry("chaos.ClusterClient", "operations at random times"),
            entry("chaos.ClusterTrouble", "what befalls a cluster takes its time"),
            entry("chaos.FaultyProxy", "a slow network"),
            entry("chaos.ReliabilityBenchmark", "looking must not cost what is measured"),
            entry("chaos.ServerProcess", "asking must not keep the server from its work"));

    /** Files that know each other because none can be understood without the others. */
    private static final List<Set<String>> ONE_IDEA = List.of(
            // Arguments of a call, and the message about those that the tool does not know.
            Set.of("tools.Arguments", "tools.ToolCall", "tools.UnknownArguments"),
            // A setting may name the home folder, and where that is is a setting.
            Set.of("config.FilePaths", "config.HomeFolder", "config.Placeholders", "config.Setting"),
            // A request that is checked, routed and answered by one endpoint.
            Set.of("http.Endpoint", "http.StreamableTransport"),
            // A server, and how it is put together.
            Set.of("http.HttpServer", "http.HttpServerBuilder"),
            // A policy and its two kinds.
            Set.of("http.guard.AccessPolicy", "http.guard.OpenAccess", "http.guard.TokenAccess"),
            // An address, and what of it may be shown.
            Set.of("upstream.link.Redaction", "upstream.link.ServerAddress"),
            // A database, its file and its connections: a connection migrates what it opens.
            Set.of(
                    "store.sqlite.db.DatabaseFile",
                    "store.sqlite.db.Handle",
                    "store.sqlite.db.Migrations",
                    "store.sqlite.db.OpenFile",
                    "store.sqlite.db.Origin",
                    "store.sqlite.db.SqliteDatabase"),
            // The index and the dictionary of its words.
            Set.of(
                    "store.sqlite.index.Dictionary",
                    "store.sqlite.index.SearchIndex",
                    "store.sqlite.index.SqliteIndexReader"),
            // A file and a change of it.
            Set.of("install.Change", "install.ConfigurationFile"));

    private static final JavaClasses MAIN =
            new ClassFileImporter().withImportOption(new DoNotIncludeTests()).importPackages(ROOT);
    private static final JavaClasses MAIN_AND_TESTS = new ClassFileImporter().importPackages(ROOT);

    @Test
    void everyPackageSeesOnlyThoseBelowIt() {
        layeredArchitecture()
                .consideringOnlyDependenciesInAnyPackage(ROOT + "..")
                .layer("memory")
                .definedBy(ROOT + ".memory..")
                .layer("search")
                .definedBy(ROOT + ".search..")
                .layer("store")
                .definedBy(ROOT + ".store..")
                .layer("meaning")
                .definedBy(ROOT + ".meaning..")
                .layer("unified")
                .definedBy(ROOT + ".unified..")
                .layer("upstream")
                .definedBy(ROOT + ".upstream..")
                .layer("transfer")
                .definedBy(ROOT + ".transfer..")
                .layer("tools")
                .definedBy(ROOT + ".tools..")
                .layer("resources")
                .definedBy(ROOT + ".resources..")
                .layer("prompts")
                .definedBy(ROOT + ".prompts..")
                .layer("mcp")
                .definedBy(ROOT + ".mcp..")
                .layer("install")
                .definedBy(ROOT + ".install..")
                .layer("access")
                .definedBy(ROOT + ".access..")
                .layer("http")
                .definedBy(ROOT + ".http..")
                .layer("monitoring")
                .definedBy(ROOT + ".monitoring..")
                .layer("browser")
                .definedBy(ROOT + ".browser..")
                .layer("config")
                .definedBy(ROOT + ".config..")
                .layer("launch")
                .definedBy(ROOT + ".launch..")
                .layer("commands")
                .definedBy(ROOT + ".commands..")
                .layer("root")
                .definedBy(ROOT)
                .whereLayer("memory")
                .mayNotAccessAnyLayer()
                .whereLayer("search")
                .mayOnlyAccessLayers("memory")
                .whereLayer("store")
                .mayOnlyAccessLayers("search", "memory")
                .whereLayer("meaning")
                .mayOnlyAccessLayers("search", "memory")
                .whereLayer("unified")
                .mayOnlyAccessLayers("memory")
                .whereLayer("upstream")
                .mayOnlyAccessLayers("search", "memory")
                .whereLayer("transfer")
                .mayOnlyAccessLayers("upstream", "store", "unified", "memory")
                .whereLayer("tools")
                .mayOnlyAccessLayers("access", "unified", "search", "memory")
                .whereLayer("resources")
                .mayOnlyAccessLayers("tools", "access", "unified", "memory")
                .whereLayer("prompts")
                .mayOnlyAccessLayers("tools", "access", "search", "memory")
                .whereLayer("mcp")
                .mayOnlyAccessLayers("resources", "prompts", "tools", "access", "unified", "memory")
                .whereLayer("install")
                .mayOnlyAccessLayers("memory")
                .whereLayer("access")
                .mayOnlyAccessLayers("memory")
                .whereLayer("http")
                .mayOnlyAccessLayers("mcp", "access", "memory")
                .whereLayer("monitoring")
                .mayOnlyAccessLayers("http", "tools", "unified", "memory")
                .whereLayer("browser")
                .mayOnlyAccessLayers("http", "transfer", "tools", "access", "unified", "memory")
                .whereLayer("config")
                .mayOnlyAccessLayers(
                        "http", "mcp", "tools", "access", "upstream", "store", "meaning", "unified", "memory")
                .whereLayer("launch")
                .mayOnlyAccessLayers("memory")
                .whereLayer("commands")
                .mayOnlyBeAccessedByLayers("root")
                .whereLayer("root")
                .mayNotBeAccessedByAnyLayer()
                .ensureAllClassesAreContainedInArchitecture()
                .check(MAIN);
    }

    @Test
    void configSeesOnlyOptionsAndWords() {
        noClasses()
                .that()
                .resideInAPackage(ROOT + ".config..")
                .should()
                .dependOnClassesThat(new DescribedPredicate<>("are neither options nor words of the memory package") {
                    @Override
                    public boolean test(JavaClass type) {
                        boolean ours = type.getPackageName().startsWith(ROOT);
                        boolean own = type.getPackageName().startsWith(ROOT + ".config")
                                || type.getPackageName().startsWith(ROOT + ".memory");
                        return ours
                                && !own
                                && !type.getName().contains("Options")
                                && ADDRESSES.stream().noneMatch(type.getName()::contains);
                    }
                })
                .allowEmptyShould(true)
                .check(MAIN);
    }

    @Test
    void thereAreNoPackageCycles() {
        slices().matching(ROOT + ".(**)").should().beFreeOfCycles().check(MAIN);
        slices().matching(ROOT + ".(*)..").should().beFreeOfCycles().check(MAIN);
    }

    @Test
    void onlyStoresSpeakSql() {
        noClasses()
                .that()
                .resideOutsideOfPackage(ROOT + ".store..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("java.sql..", "javax.sql..", "org.sqlite..", "org.postgresql..", "com.zaxxer..")
                .check(MAIN);
    }

    @Test
    void onlyMcpHttpAndUpstreamKnowTheMcpSdk() {
        noClasses()
                .that()
                .resideOutsideOfPackages(ROOT + ".mcp..", ROOT + ".http..", ROOT + ".upstream..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.modelcontextprotocol..", "reactor..", "org.reactivestreams..")
                .check(MAIN);
    }

    /** It is in an add-on, so whoever knows it can be loaded only where that is installed. */
    @Test
    void onlyOnePackageKnowsTheModelsRuntime() {
        noClasses()
                .that()
                .resideOutsideOfPackage(ROOT + ".meaning.onnx..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("ai.onnxruntime..", ROOT + ".meaning.onnx..")
                .check(MAIN);
    }

    @Test
    void onlyDeclaredContractsKnowJsonata() {
        noClasses()
                .that()
                .resideOutsideOfPackage(ROOT + ".upstream.declared..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("com.dashjoin..")
                .check(MAIN);
    }

    @Test
    void onlyAccessKnowsHowTokensAreSigned() {
        noClasses()
                .that()
                .resideOutsideOfPackage(ROOT + ".access..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("com.nimbusds..")
                .check(MAIN);
    }

    @Test
    void onlyHttpKnowsTheContainer() {
        noClasses()
                .that()
                .resideOutsideOfPackage(ROOT + ".http..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("jakarta..", "org.eclipse.jetty..")
                .check(MAIN);
    }

    @Test
    void onlyMonitoringKnowsPrometheus() {
        noClasses()
                .that()
                .resideOutsideOfPackage(ROOT + ".monitoring..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.prometheus..")
                .check(MAIN);
    }

    @Test
    void oneClassOfTheServerHoldsTheStandardStreams() {
        noClasses()
                .that()
                .doNotHaveFullyQualifiedName(ROOT + ".mcp.stdio.StandardStreams")
                .should()
                .accessFieldWhere(
                        new DescribedPredicate<JavaFieldAccess>("the field is System.in, System.out or System.err") {
                            @Override
                            public boolean test(JavaFieldAccess access) {
                                return access.getTargetOwner().isEquivalentTo(System.class)
                                        && STANDARD_STREAMS.contains(access.getName());
                            }
                        })
                .check(MAIN);
    }

    @Test
    void logsGoThroughSlf4j() {
        noClasses()
                .that()
                // It silences the one library that logs otherwise.
                .doNotHaveFullyQualifiedName(ROOT + ".store.postgres.db.DriverLog")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("java.util.logging..")
                .check(MAIN_AND_TESTS);
    }

    /** Who waits for time alone, and not for something to happen, is named with its reason in {@link #PAUSES}. */
    @Test
    void nothingSleepsButWhatIsKnownTo() {
        assertThat(MAIN_AND_TESTS.stream()
                        .filter(type -> type.getAccessesFromSelf().stream().anyMatch(ArchitectureTest::sleeps))
                        .map(ArchitectureTest::file)
                        .collect(toSet()))
                .containsExactlyInAnyOrderElementsOf(PAUSES.keySet());
    }

    /** A call of what returns when a time is over: {@code sleep}, and a timed {@code park} or {@code wait}. */
    private static boolean sleeps(JavaAccess<?> access) {
        AccessTarget target = access.getTarget();
        return switch (target.getName()) {
            case "sleep" ->
                target.getOwner().isEquivalentTo(Thread.class)
                        || target.getOwner().isEquivalentTo(TimeUnit.class);
            case "parkNanos", "parkUntil" -> target.getOwner().isEquivalentTo(LockSupport.class);
            case "wait" ->
                target instanceof AccessTarget.CodeUnitAccessTarget method
                        && !method.getRawParameterTypes().isEmpty()
                        && method.getRawParameterTypes().get(0).isEquivalentTo(long.class);
            case "timedWait" -> target.getOwner().isEquivalentTo(TimeUnit.class);
            default -> false;
        };
    }

    /**
     * With two processors the common pool has one thread: two pieces of work there that wait for each other never end.
     */
    @Test
    void nothingRunsBesideOthersInTheCommonPool() {
        noClasses()
                .should()
                .callMethod(CompletableFuture.class, "runAsync", Runnable.class)
                .orShould()
                .callMethod(CompletableFuture.class, "supplyAsync", Supplier.class)
                .check(MAIN_AND_TESTS);
    }

    /** Within a package, too, files depend on each other in one direction, unless they are {@link #ONE_IDEA}. */
    @Test
    void thereAreNoCyclesOfFiles() {
        acyclic(ONE_IDEA).check(MAIN);
    }

    @Test
    void whatIsOneIdeaDependsOnItself() {
        for (Set<String> idea : ONE_IDEA) {
            JavaClasses members =
                    MAIN.that(DescribedPredicate.describe("are of " + idea, type -> idea.contains(file(type))));
            assertThat(members.stream().map(ArchitectureTest::file).collect(toSet()))
                    .isEqualTo(idea);
            assertThat(acyclic(List.of()).evaluate(members).hasViolation())
                    .as("a cycle of " + idea)
                    .isTrue();
        }
    }

    private static ArchRule acyclic(List<Set<String>> ideas) {
        return slices().assignedFrom(new SliceAssignment() {
                    @Override
                    public SliceIdentifier getIdentifierOf(JavaClass type) {
                        String file = file(type);
                        return SliceIdentifier.of(ideas.stream()
                                .filter(idea -> idea.contains(file))
                                .findAny()
                                .map(Set::toString)
                                .orElse(file));
                    }

                    @Override
                    public String getDescription() {
                        return "files, or several that are one idea,";
                    }
                })
                .should()
                .beFreeOfCycles();
    }

    /** The source file of a class: its package below the root, and the class around all others. */
    private static String file(JavaClass type) {
        String name = type.getBaseComponentType().getName();
        int nested = name.indexOf('$');
        return (nested < 0 ? name : name.substring(0, nested)).replace(ROOT + ".", "");
    }
}
