package org.cryonext.cryoet.evaluate;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.cryonext.cryoet.dataset.DataPlace;
import org.cryonext.cryoet.network.Mirrors;
import org.cryonext.cryoet.run.ShellWord;

/** The command that makes an evaluation again, for the run's model card. */
final class EvaluationCommand {
    private final List<String> words = new ArrayList<>(List.of("./cryonext", "evaluate"));

    private EvaluationCommand() {}

    /** What is as in the run is left out. */
    static String of(EvaluationSettings settings) {
        EvaluationCommand command = new EvaluationCommand();
        DataPlace data = settings.data();
        command.words.add(ShellWord.quoted(settings.run().toString()));
        command.words.add(ShellWord.quoted(data.data()));
        command.add("--volumes", data.volumes());
        command.add("--voxel-size", data.voxelSize() == 0 ? null : data.voxelSize());
        if (data.invert()) {
            command.words.add("--invert");
        }
        command.add("--binning", data.binning());
        command.add("--tomograms", settings.tomograms() == null ? null : String.join(",", settings.tomograms()));
        command.add("--source", settings.source());
        command.add("--borders", settings.borders());
        command.add("--fusion", settings.fusion());
        command.add(
                "--tta",
                settings.mirrors().equals(Mirrors.NONE)
                        ? null
                        : settings.mirrors().count());
        command.add("--reject", settings.reject());
        command.add("--against", settings.against());
        command.add("--out", settings.out());
        return String.join(" ", command.words);
    }

    private void add(String option, Object value) {
        if (value != null) {
            words.add(option);
            words.add(ShellWord.quoted(
                    switch (value) {
                        case Enum<?> word -> word.name().toLowerCase(Locale.ROOT);
                        default -> value.toString();
                    }));
        }
    }
}
