package io.unifiedmemory.launch;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.StackTraceElementProxy;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.LayoutBase;
import ch.qos.logback.core.encoder.LayoutWrappingEncoder;
import ch.qos.logback.core.joran.spi.ConsoleTarget;
import io.unifiedmemory.memory.util.Texts;
import java.nio.charset.StandardCharsets;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.slf4j.ILoggerFactory;
import org.slf4j.IMarkerFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.helpers.BasicMarkerFactory;
import org.slf4j.spi.MDCAdapter;
import org.slf4j.spi.SLF4JServiceProvider;

/**
 * The log goes to stderr, where clients collect it: Logback, set up in code and named to SLF4J. To search the jar for a
 * provider and for a configuration, and to compile a pattern, would be a tenth of a start.
 */
public final class Logging implements SLF4JServiceProvider {

    private static final String OURS = "io.unifiedmemory";

    private final LoggerContext context = new LoggerContext();
    private final IMarkerFactory markers = new BasicMarkerFactory();
    private final LogbackMDCAdapter diagnostics = new LogbackMDCAdapter();

    /** Called by SLF4J, once. */
    @Override
    public void initialize() {
        context.setMDCAdapter(diagnostics);
        LayoutWrappingEncoder<ILoggingEvent> encoder = new LayoutWrappingEncoder<>();
        encoder.setContext(context);
        encoder.setCharset(StandardCharsets.UTF_8);
        encoder.setLayout(new Line());
        encoder.start();
        ConsoleAppender<ILoggingEvent> appender = new ConsoleAppender<>();
        appender.setContext(context);
        appender.setTarget(ConsoleTarget.SystemErr.getName());
        appender.setEncoder(encoder);
        appender.start();
        ch.qos.logback.classic.Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
        root.setLevel(Level.WARN);
        root.addAppender(appender);
        context.start();
    }

    /**
     * Sets how much this program logs; libraries stay at warnings unless it is {@code debug}. Call before anything
     * logs: the first logger decides on the provider.
     */
    public static void setLevel(String level) {
        System.setProperty("slf4j.internal.verbosity", "WARN");
        System.setProperty(LoggerFactory.PROVIDER_PROPERTY_KEY, Logging.class.getName());
        LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
        context.getLogger(OURS).setLevel(Level.toLevel(level));
        boolean all = level.equals("debug");
        context.getLogger("io.modelcontextprotocol").setLevel(all ? Level.INFO : Level.ERROR);
        // It repeats what servers send, which may be a secret of ours. We tell its failures ourselves, without.
        context.getLogger("io.modelcontextprotocol.client.transport").setLevel(Level.OFF);
        // We say ourselves what it is that cannot be loaded, in one line.
        context.getLogger("org.sqlite.SQLiteJDBCLoader").setLevel(all ? Level.WARN : Level.OFF);
        // What a broken connection does to a call the call itself says.
        context.getLogger("com.zaxxer.hikari").setLevel(all ? Level.WARN : Level.OFF);
        // What clients send wrong is their affair; whoever sends it must not fill our log.
        context.getLogger("org.eclipse.jetty").setLevel(all ? Level.INFO : Level.ERROR);
    }

    @Override
    public ILoggerFactory getLoggerFactory() {
        return context;
    }

    @Override
    public IMarkerFactory getMarkerFactory() {
        return markers;
    }

    @Override
    public MDCAdapter getMDCAdapter() {
        return diagnostics;
    }

    @Override
    public String getRequestedApiVersion() {
        return "2.0.99";
    }

    /** {@code 2026-11-22T14:03:07.250+01:00 WARN  Relay - what happened}, and the stack trace if there is one. */
    private static final class Line extends LayoutBase<ILoggingEvent> {

        @Override
        public String doLayout(ILoggingEvent event) {
            ZonedDateTime time = event.getInstant().atZone(ZoneId.systemDefault());
            String logger = event.getLoggerName();
            String start = Clock.FORMAT.format(time) + ' ' + padded(event.getLevel()) + ' '
                    + logger.substring(logger.lastIndexOf('.') + 1) + " - ";
            String text = start
                    + Texts.oneLine(event.getFormattedMessage())
                    + System.lineSeparator()
                    + trace(event.getThrowableProxy(), "");
            LogLimit.Admission admission = Clock.LIMIT.admit(logger, text.length());
            String before = admission.leftOut() == 0
                    ? ""
                    : start + admission.leftOut() + " lines were left out here" + System.lineSeparator();
            return switch (admission.verdict()) {
                case WRITE -> before + text;
                case SAY_MORE ->
                    start + "more lines than can be written: the rest is left out for now" + System.lineSeparator();
                case LEAVE_OUT -> "";
            };
        }

        /**
         * As Java prints it, but behind tabs: what others sent stands in messages too, and no line of the log begins
         * so.
         */
        private static String trace(@Nullable IThrowableProxy failure, String intro) {
            if (failure == null) {
                return "";
            }
            StringBuilder trace = new StringBuilder("\t")
                    .append(intro)
                    .append(failure.getClassName())
                    .append(": ")
                    .append(Texts.oneLine(String.valueOf(failure.getMessage())))
                    .append(System.lineSeparator());
            StackTraceElementProxy[] frames = failure.getStackTraceElementProxyArray();
            for (int i = 0; i < frames.length - failure.getCommonFrames(); i++) {
                trace.append('\t').append(frames[i].getSTEAsString()).append(System.lineSeparator());
            }
            return trace + trace(failure.getCause(), "Caused by: ");
        }

        private static String padded(Level level) {
            return level.toString().length() == 4 ? level + " " : level.toString();
        }

        /** Made when there is something to log, which is rarely at a start. */
        private static final class Clock {
            private static final DateTimeFormatter FORMAT =
                    DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSXXX", Locale.ROOT);
            private static final LogLimit LIMIT = new LogLimit(System::nanoTime);
        }
    }
}
