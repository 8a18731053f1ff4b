package org.cryonext.engine.backend.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RowPanelsTest {
    private static final int ROWS = GemmMicrokernels.ROWS;

    @Test
    void panelsHoldEveryRowOnceAndNothingElse() {
        for (int rows = 1; rows <= 1_000; rows++) {
            RowPanels panels = RowPanels.of(rows);
            int row = 0;
            for (int panel = 0; panel < panels.count(); panel++) {
                assertThat(panels.start(panel))
                        .as("panel %d of %s", panel, panels)
                        .isEqualTo(row);
                row += panel < panels.high() ? panels.height() : panels.lowHeight();
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
            RowPanels all = RowPanels.of(rows);
            for (int first = 0; first < all.count(); first++) {
                for (int end = first + 1; end <= all.count(); end++) {
                    int some = all.start(end) - all.start(first);
                    assertThat(all.count(some))
                            .as("panels %d to %d of %s", first, end, all)
                            .isEqualTo(end - first);
                    assertThat(all.high(some))
                            .as("high ones of panels %d to %d of %s", first, end, all)
                            .isEqualTo(Math.clamp(all.high() - first, 0, end - first));
                }
            }
        }
    }

    @Test
    void noKernelIsMadeInVain() {
        assertThat(RowPanels.of(2 * ROWS).lowHeight()).isEqualTo(ROWS);
        assertThat(RowPanels.of(1).lowHeight()).isEqualTo(1);
        assertThat(RowPanels.of(ROWS + 2).lowHeight()).isEqualTo(ROWS / 2 + 1);
    }

    @Test
    void whatIsLeftOverIsAPanelWhereItKeepsTheUnitsBusy() {
        assertThat(RowPanels.of(4 * ROWS + 3)).isEqualTo(new RowPanels(4 * ROWS + 3, ROWS, 3));
        assertThat(RowPanels.of(3 * ROWS + 1).lowHeight())
                .isEqualTo(RowPanels.of(3 * ROWS + 1).height() - 1);
    }
}
