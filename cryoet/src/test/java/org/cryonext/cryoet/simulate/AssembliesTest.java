package org.cryonext.cryoet.simulate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.cryonext.cryoet.particle.ClassNames;
import org.junit.jupiter.api.Test;

class AssembliesTest {
    private final List<Density> densities = Assemblies.densities();

    @Test
    void proteinsStandInTheOrderOfTheClassIds() {
        assertThat(Protein.SHREC_2020.stream().map(Protein::name).toList()).isEqualTo(ClassNames.SHREC_2020.names());
    }

    @Test
    void massesAreShrecs() {
        for (int i = 0; i < 12; i++) {
            Protein protein = Protein.SHREC_2020.get(i);
            assertThat(densities.get(i).mass())
                    .as(protein.name())
                    .isCloseTo(protein.mass(), within(protein.mass() * 1e-4));
        }
    }

    @Test
    void volumesAreShrecs() {
        for (int i = 0; i < 12; i++) {
            Protein protein = Protein.SHREC_2020.get(i);
            int voxels = 0;
            for (float value : densities.get(i).contrast()) {
                voxels += value > Density.MASK_LEVEL * Density.SOLID ? 1 : 0;
            }
            assertThat((double) voxels).as(protein.name()).isCloseTo(protein.volume(), within(protein.volume() * 0.13));
        }
    }

    @Test
    void noVoxelHoldsMoreThanSolidProtein() {
        for (Density density : densities) {
            for (float value : density.contrast()) {
                assertThat((double) value).isLessThanOrEqualTo(Density.SOLID);
            }
        }
    }

    /** Classes of nearly one mass differ in the three axes of their ellipsoid of inertia, so in shape. */
    @Test
    void classesOfNearlyOneMassDifferInShape() {
        for (int i = 0; i < 12; i++) {
            for (int k = 0; k < i; k++) {
                double ratio = Protein.SHREC_2020.get(i).mass()
                        / Protein.SHREC_2020.get(k).mass();
                if (Math.abs(Math.log(ratio)) < Math.log(1.35)) {
                    assertThat(difference(moments(densities.get(i)), moments(densities.get(k))))
                            .as(Protein.SHREC_2020.get(i).name() + " and "
                                    + Protein.SHREC_2020.get(k).name())
                            .isGreaterThan(0.1);
                }
            }
        }
    }

    private static double difference(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += Math.abs(a[i] - b[i]) / (a[i] + b[i]);
        }
        return sum;
    }

    /** Invariants of the covariance of mass (trace, sum of principal minors, determinant) and the fourth moment. */
    private static double[] moments(Density d) {
        double[][] c = new double[3][3];
        double fourth = 0;
        double sum = Density.sum(d.contrast());
        for (int i = 0; i < d.contrast().length; i++) {
            double[] at = {
                i % d.nx() - d.centreX(), i / d.nx() % d.ny() - d.centreY(), i / (d.nx() * d.ny()) - d.centreZ()
            };
            double weight = d.contrast()[i] / sum;
            double r2 = at[0] * at[0] + at[1] * at[1] + at[2] * at[2];
            fourth += weight * r2 * r2;
            for (int a = 0; a < 3; a++) {
                for (int b = 0; b < 3; b++) {
                    c[a][b] += weight * at[a] * at[b];
                }
            }
        }
        double trace = c[0][0] + c[1][1] + c[2][2];
        double minors = c[0][0] * c[1][1]
                - c[0][1] * c[1][0]
                + c[0][0] * c[2][2]
                - c[0][2] * c[2][0]
                + c[1][1] * c[2][2]
                - c[1][2] * c[2][1];
        double determinant = c[0][0] * (c[1][1] * c[2][2] - c[1][2] * c[2][1])
                - c[0][1] * (c[1][0] * c[2][2] - c[1][2] * c[2][0])
                + c[0][2] * (c[1][0] * c[2][1] - c[1][1] * c[2][0]);
        return new double[] {trace, Math.sqrt(minors), Math.cbrt(determinant), Math.sqrt(fourth)};
    }
}
