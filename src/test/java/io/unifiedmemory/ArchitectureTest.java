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

    /** What options are made of. */
    private static final Set<String> ADDRESSES = Set.of("ListenAddress", "ProtectedResources", "ServerAddress");

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
                .layer("unified")
                .definedBy(ROOT + ".unified..")
                .layer("upstream")
                .definedBy(ROOT + ".upstream..")
                .layer("tools")
                .definedBy(ROOT + ".tools..")
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
                .whereLayer("unified")
                .mayOnlyAccessLayers("memory")
                .whereLayer("upstream")
                .mayOnlyAccessLayers("search", "memory")
                .whereLayer("tools")
                .mayOnlyAccessLayers("access", "unified", "search", "memory")
                .whereLayer("mcp")
                .mayOnlyAccessLayers("tools", "access", "unified", "memory")
                .whereLayer("install")
                .mayOnlyAccessLayers("memory")
                .whereLayer("access")
                .mayOnlyAccessLayers("memory")
                .whereLayer("http")
                .mayOnlyAccessLayers("mcp", "access", "memory")
                .whereLayer("monitoring")
                .mayOnlyAccessLayers("http", "tools", "unified", "memory")
                .whereLayer("config")
                .mayOnlyAccessLayers("http", "mcp", "tools", "access", "upstream", "store", "unified", "memory")
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
                .resideInAnyPackage("java.sql..", "javax.sql..", "org.sqlite..")
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
