package org.cryonext.tools;

import java.io.OutputStream;
import java.io.PrintWriter;
import java.util.Locale;
import org.cryonext.tools.command.CryonextCommand;

/**
 * Simulates, trains and classifies as little as can be. The launcher's build runs it once, so that the JVM sees which
 * classes the command line needs and archives them.
 */
final class Rehearsal {
    private Rehearsal() {}

    /** Works in the current folder, which is empty; ends with the exit code of the first command that fails. */
    static void main() {
        Locale.setDefault(Locale.ROOT);
        run("simulate data --tomograms 3 --size 64,64,64 --particles 5");
        run(
                "train data --out run --recipe scratch --depths 1,1,1,1 --dims 16,16,16,16 --image-size 32 --epochs 1 --batch 4");
        run("classify run data/model_2/grandmodel.mrc data/model_2/particle_locations.txt --out classified.star");
    }

    private static void run(String command) {
        String[] args = command.split(" ");
        int code = CryonextCommand.commandLineFor(args)
                .setOut(new PrintWriter(OutputStream.nullOutputStream()))
                .execute(args);
        if (code != 0) {
            System.exit(code);
        }
    }
}
