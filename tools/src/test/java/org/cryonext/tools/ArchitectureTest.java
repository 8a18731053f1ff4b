package org.cryonext.tools;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Holds the modules and packages of the whole project to the picture in docs/architecture.md. */
final class ArchitectureTest {
    private static JavaClasses classes;

    @BeforeAll
    static void readClasses() {
        classes = new ClassFileImporter()
                .withImportOption(new ImportOption.DoNotIncludeTests())
                .importPackages("org.cryonext");
    }

    @Test
    void everyModuleIsLookedAt() {
        for (String module : new String[] {"engine", "models", "cryoet", "bench", "tools"}) {
            assertThat(classes.that(resideInAPackage("org.cryonext." + module + "..")))
                    .as(module)
                    .isNotEmpty();
        }
    }

    @Test
    void dependenciesPointFromToolsToEngine() {
        layeredArchitecture()
                .consideringOnlyDependenciesInLayers()
                .layer("tools")
                .definedBy("org.cryonext.tools..")
                .layer("bench")
                .definedBy("org.cryonext.bench..")
                .layer("cryoet")
                .definedBy("org.cryonext.cryoet..")
                .layer("models")
                .definedBy("org.cryonext.models..")
                .layer("engine")
                .definedBy("org.cryonext.engine..")
                .whereLayer("tools")
                .mayNotBeAccessedByAnyLayer()
                .whereLayer("bench")
                .mayOnlyBeAccessedByLayers("tools")
                .whereLayer("cryoet")
                .mayOnlyBeAccessedByLayers("tools", "bench")
                .whereLayer("models")
                .mayOnlyBeAccessedByLayers("tools", "bench", "cryoet")
                .check(classes);
    }

    @Test
    void packagesHaveNoCycles() {
        slices().matching("org.cryonext.(**)").should().beFreeOfCycles().check(classes);
    }

    @Test
    void onlyTheCudaDriverPackageKnowsJcuda() {
        noClasses()
                .that()
                .resideOutsideOfPackage("org.cryonext.engine.backend.cuda.driver")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("jcuda..")
                .check(classes);
    }

    @Test
    void opsKnowNoBackend() {
        noClasses()
                .that()
                .resideInAPackage("org.cryonext.engine.op..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.cryonext.engine.backend..")
                .allowEmptyShould(true)
                .check(classes);
    }
}
