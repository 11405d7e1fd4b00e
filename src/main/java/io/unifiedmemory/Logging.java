package io.unifiedmemory;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.LayoutBase;
import ch.qos.logback.core.encoder.LayoutWrappingEncoder;
import ch.qos.logback.core.joran.spi.ConsoleTarget;
import java.nio.charset.StandardCharsets;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
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
     * Sets how much this program logs; libraries stay at warnings unless it is {@code debug}. Call before anything logs:
     * the first logger decides on the provider.
     */
    static void setLevel(String level) {
        System.setProperty("slf4j.internal.verbosity", "WARN");
        System.setProperty(LoggerFactory.PROVIDER_PROPERTY_KEY, Logging.class.getName());
        LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
        context.getLogger(OURS).setLevel(Level.toLevel(level));
        boolean all = level.equals("debug");
        context.getLogger("io.modelcontextprotocol").setLevel(all ? Level.INFO : Level.ERROR);
        // We say ourselves what it is that cannot be loaded, in one line.
        context.getLogger("org.sqlite.SQLiteJDBCLoader").setLevel(all ? Level.WARN : Level.OFF);
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

    /** {@code 14:03:07.250 WARN  Relay - what happened}, and the stack trace if there is one. */
    private static final class Line extends LayoutBase<ILoggingEvent> {

        @Override
        public String doLayout(ILoggingEvent event) {
            LocalTime time = event.getInstant().atZone(ZoneId.systemDefault()).toLocalTime();
            String logger = event.getLoggerName();
            String trace =
                    event.getThrowableProxy() == null ? "" : ThrowableProxyUtil.asString(event.getThrowableProxy());
            return Clock.FORMAT.format(time) + ' ' + padded(event.getLevel()) + ' '
                    + logger.substring(logger.lastIndexOf('.') + 1) + " - " + oneLine(event.getFormattedMessage())
                    + System.lineSeparator() + trace;
        }

        /** What others sent may stand in a message: it must not look like a line of its own, nor command a terminal. */
        private static String oneLine(String message) {
            if (message.chars().noneMatch(Character::isISOControl)) {
                return message;
            }
            StringBuilder line = new StringBuilder();
            message.chars()
                    .forEach(c -> line.append(
                            Character.isISOControl(c) ? String.format("\\u%04x", c) : String.valueOf((char) c)));
            return line.toString();
        }

        private static String padded(Level level) {
            return level.toString().length() == 4 ? level + " " : level.toString();
        }

        /** Made when there is something to log, which is rarely at a start. */
        private static final class Clock {
            private static final DateTimeFormatter FORMAT = DateTimeFormatter.ofPattern("HH:mm:ss.SSS");
        }
    }
}
