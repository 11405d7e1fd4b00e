package io.unifiedmemory;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaFieldAccess;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What the packages may know of each other, and what of the platform only one of them touches. */
class ArchitectureTest {

    private static final String ROOT = "io.unifiedmemory";
    private static final Set<String> STANDARD_STREAMS = Set.of("in", "out", "err");

    /** What of the server over HTTP is written in options. */
    private static final Set<String> ADDRESSES = Set.of("ListenAddress", "ProtectedResources");

    private static final JavaClasses MAIN =
            new ClassFileImporter().withImportOption(new DoNotIncludeTests()).importPackages(ROOT);
    private static final JavaClasses MAIN_AND_TESTS = new ClassFileImporter().importPackages(ROOT);

    @Test
    void everyPackageSeesOnlyThoseBelowIt() {
        layeredArchitecture()
                .consideringOnlyDependenciesInAnyPackage(ROOT + "..")
                .layer("memory")
                .definedBy(ROOT + ".memory..")
                .layer("text")
                .definedBy(ROOT + ".text..")
                .layer("unified")
                .definedBy(ROOT + ".unified..")
                .layer("sqlite")
                .definedBy(ROOT + ".sqlite..")
                .layer("upstream")
                .definedBy(ROOT + ".upstream..")
                .layer("tools")
                .definedBy(ROOT + ".tools..")
                .layer("server")
                .definedBy(ROOT + ".server..")
                .layer("install")
                .definedBy(ROOT + ".install..")
                .layer("access")
                .definedBy(ROOT + ".access..")
                .layer("http")
                .definedBy(ROOT + ".http..")
                .layer("monitoring")
                .definedBy(ROOT + ".monitoring..")
                .layer("config")
                .definedBy(ROOT + ".config..")
                .layer("commands")
                .definedBy(ROOT + ".commands..")
                .layer("root")
                .definedBy(ROOT)
                .whereLayer("memory")
                .mayNotAccessAnyLayer()
                .whereLayer("text")
                .mayNotAccessAnyLayer()
                .whereLayer("unified")
                .mayOnlyAccessLayers("text", "memory")
                .whereLayer("sqlite")
                .mayOnlyAccessLayers("text", "memory")
                .whereLayer("upstream")
                .mayOnlyAccessLayers("text", "memory")
                .whereLayer("tools")
                .mayOnlyAccessLayers("access", "unified", "text", "memory")
                .whereLayer("server")
                .mayOnlyAccessLayers("tools", "access", "unified", "memory")
                .whereLayer("install")
                .mayNotAccessAnyLayer()
                .whereLayer("access")
                .mayOnlyAccessLayers("memory")
                .whereLayer("http")
                .mayOnlyAccessLayers("server", "access", "memory")
                .whereLayer("monitoring")
                .mayOnlyAccessLayers("http", "tools", "unified", "memory")
                .whereLayer("config")
                .mayOnlyAccessLayers("http", "server", "tools", "access", "upstream", "sqlite", "unified", "memory")
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
                                || type.getPackageName().equals(ROOT + ".memory");
                        return ours
                                && !own
                                && !type.getName().contains("Options")
                                && !ADDRESSES.contains(type.getSimpleName());
                    }
                })
                .allowEmptyShould(true)
                .check(MAIN);
    }

    @Test
    void thereAreNoPackageCycles() {
        slices().matching(ROOT + ".(*)..").should().beFreeOfCycles().check(MAIN);
    }

    @Test
    void onlySqliteSpeaksSql() {
        noClasses()
                .that()
                .resideOutsideOfPackage(ROOT + ".sqlite..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("java.sql..", "javax.sql..", "org.sqlite..")
                .check(MAIN);
    }

    @Test
    void onlyServerHttpAndUpstreamKnowTheMcpSdk() {
        noClasses()
                .that()
                .resideOutsideOfPackages(ROOT + ".server..", ROOT + ".http..", ROOT + ".upstream..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.modelcontextprotocol..", "reactor..", "org.reactivestreams..")
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
                .doNotHaveFullyQualifiedName(ROOT + ".server.StandardStreams")
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
                .should()
                .dependOnClassesThat()
                .resideInAPackage("java.util.logging..")
                .check(MAIN_AND_TESTS);
    }

    @Test
    void nothingSleeps() {
        noClasses().should().callMethod(Thread.class, "sleep", long.class).check(MAIN_AND_TESTS);
        noClasses()
                .should()
                .callMethod(Thread.class, "sleep", long.class, int.class)
                .check(MAIN_AND_TESTS);
    }
}
