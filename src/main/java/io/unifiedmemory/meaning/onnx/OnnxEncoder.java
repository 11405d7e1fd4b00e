package io.unifiedmemory.meaning.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.unifiedmemory.meaning.ModelException;
import io.unifiedmemory.meaning.SentenceEncoder;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;

/** A BERT-like network in the ONNX Runtime, each text on the thread of its caller. Thread-safe. */
public final class OnnxEncoder implements SentenceEncoder {

    private final OrtEnvironment environment;
    private final OrtSession session;

    /** @param network the file of the network */
    public OnnxEncoder(Path network) {
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            environment = OrtEnvironment.getEnvironment();
            options.setIntraOpNumThreads(1);
            options.setInterOpNumThreads(1);
            // Both keep memory for the longest text that was ever encoded.
            options.setCPUArenaAllocator(false);
            options.setMemoryPatternOptimization(false);
            session = environment.createSession(network.toString(), options);
        } catch (OrtException e) {
            throw new ModelException(
                    network + " cannot be loaded: " + e.getMessage() + " (install the model again)", e);
        }
    }

    @Override
    public float[] encode(long[] tokens) {
        long[][] ids = {tokens};
        long[][] mask = {filled(tokens.length, 1)};
        long[][] types = {filled(tokens.length, 0)};
        try (OnnxTensor idTensor = OnnxTensor.createTensor(environment, ids);
                OnnxTensor maskTensor = OnnxTensor.createTensor(environment, mask);
                OnnxTensor typeTensor = OnnxTensor.createTensor(environment, types);
                OrtSession.Result result = session.run(
                        Map.of("input_ids", idTensor, "attention_mask", maskTensor, "token_type_ids", typeTensor))) {
            return mean(((OnnxTensor) result.get(0)).getFloatBuffer(), tokens.length);
        } catch (OrtException e) {
            throw new ModelException("the model failed: " + e.getMessage(), e);
        }
    }

    private static long[] filled(int length, long value) {
        long[] filled = new long[length];
        Arrays.fill(filled, value);
        return filled;
    }

    private static float[] mean(FloatBuffer hidden, int tokens) {
        float[] mean = new float[hidden.remaining() / tokens];
        for (int token = 0; token < tokens; token++) {
            for (int i = 0; i < mean.length; i++) {
                mean[i] += hidden.get() / tokens;
            }
        }
        return mean;
    }

    @Override
    public void close() {
        try {
            session.close();
        } catch (OrtException e) {
            throw new ModelException("the model cannot be closed: " + e.getMessage(), e);
        }
    }
}
