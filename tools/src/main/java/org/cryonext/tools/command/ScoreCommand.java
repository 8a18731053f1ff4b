package org.cryonext.tools.command;

import java.nio.file.Path;
import org.cryonext.cryoet.score.Contest;
import org.cryonext.cryoet.score.ScoreJson;
import org.cryonext.cryoet.score.ScoreRules;
import org.cryonext.cryoet.score.ScoreTable;
import org.cryonext.cryoet.score.ShrecScore;
import org.cryonext.cryoet.score.ShrecScorer;
import org.cryonext.engine.io.Progress;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Scores located and classified particles as the SHREC contests did. */
@Command(
        name = "score",
        description = {
            "Scores particles that were located and classified by the rules of SHREC 2019, 2020 or 2021: a prediction hits"
                    + " the particle under its voxel, each particle counts once, and the first prediction says its class.",
            ""
        },
        footerHeading = "%nExample:%n",
        footer = "  ./cryonext score predictions.txt shrec/model_9 --out score.json")
final class ScoreCommand extends Job {
    @Parameters(
            index = "0",
            paramLabel = "PREDICTIONS",
            description =
                    "Lines of a class and X Y Z (2019: Z Y X) in voxels, or a STAR or CSV file with classes, as classify and"
                            + " evaluate write it (of the columns predicted and class the first that is there).")
    private Path predictions;

    @Parameters(
            index = "1",
            paramLabel = "GROUND_TRUTH",
            description = "Folder of one tomogram: particle_locations.txt and occupancy_mask.mrc, or 2019's files.")
    private Path truth;

    @Option(
            names = "--year",
            paramLabel = "YEAR",
            description = "2019, 2020 or 2021 (default: the one that the ground truth's files belong to).")
    private Integer year;

    @Option(
            names = "--ground-truth-z",
            description =
                    "2019 and 2020: z counts from the first slice of the ground truth, not of the tomogram. Without it the"
                            + " rule of the year decides, and the table says how.")
    private boolean groundTruthZ;

    @Option(
            names = "--all-classes",
            description = "2021 only: count 4V94 and vesicles too, which the published results leave out.")
    private boolean allClasses;

    @Option(names = "--out", paramLabel = "FILE", description = "Write the figures as JSON.")
    private Path out;

    @Override
    int run(Progress progress) {
        ScoreRules rules =
                usage(() -> new ScoreRules(year == null ? null : Contest.of(year), groundTruthZ, allClasses));
        ShrecScore score = ShrecScorer.score(predictions, truth, rules);
        score.notes().forEach(note -> say(predictions + ": " + note));
        out().print(ScoreTable.text(score));
        if (out != null) {
            ScoreJson.write(out, score);
            out().println("The figures are in " + out);
        }
        return 0;
    }
}
