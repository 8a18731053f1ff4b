package org.cryonext.engine.backend.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RowPanelsTest {
    @Test
    void panelsHoldEveryRowOnceAndNothingElse() {
        for (int rows = 1; rows <= 1_000; rows++) {
            RowPanels panels = new RowPanels(rows);
            int row = 0;
            for (int panel = 0; panel < panels.count(); panel++) {
                assertThat(panels.start(panel))
                        .as("panel %d of %s", panel, panels)
                        .isEqualTo(row);
                row += panel < panels.tall() ? panels.height() : panels.height() - 1;
            }
            assertThat(row).as("rows of %s", panels).isEqualTo(rows);
            assertThat(panels.start(panels.count())).isEqualTo(rows);
            assertThat(panels.height()).isBetween(1, GemmMicrokernels.ROWS);
        }
    }

    /** A task sees the rows of some panels, and nothing of those before and behind. */
    @Test
    void panelsThatFollowEachOtherAreFoundByTheirRows() {
        for (int rows = 1; rows <= 260; rows++) {
            RowPanels all = new RowPanels(rows);
            for (int first = 0; first < all.count(); first++) {
                for (int end = first + 1; end <= all.count(); end++) {
                    int some = all.start(end) - all.start(first);
                    assertThat(Math.ceilDiv(some, all.height()))
                            .as("panels %d to %d of %s", first, end, all)
                            .isEqualTo(end - first);
                    assertThat(RowPanels.tall(some, all.height()))
                            .as("full ones of panels %d to %d of %s", first, end, all)
                            .isEqualTo(Math.clamp(all.tall() - first, 0, end - first));
                }
            }
        }
    }

    @Test
    void noKernelIsMadeInVain() {
        assertThat(new RowPanels(2 * GemmMicrokernels.ROWS).shortHeight()).isEqualTo(GemmMicrokernels.ROWS);
        assertThat(new RowPanels(1).shortHeight()).isEqualTo(1);
        assertThat(new RowPanels(2 * GemmMicrokernels.ROWS - 1).shortHeight()).isEqualTo(GemmMicrokernels.ROWS - 1);
    }
}
