package org.cryonext.cryoet.volume;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;
import java.util.List;
import org.cryonext.engine.io.InputException;

/** Finds the byte order of an MRC file: by its machine stamp, checked by whether mode and dimensions make sense. */
final class MrcByteOrder {
    /** More voxels along an axis than any tomogram has, and fewer than a small number has when its bytes are swapped. */
    private static final int LARGEST = 1 << 20;

    private MrcByteOrder() {}

    static ByteOrder of(String file, ByteBuffer header, List<String> notes) {
        byte[] stamp = new byte[4];
        header.get(MrcHeader.MACHINE_STAMP, stamp);
        boolean little = plausible(header, ByteOrder.LITTLE_ENDIAN);
        boolean big = plausible(header, ByteOrder.BIG_ENDIAN);
        if (stamp[0] == 0x44 && (stamp[1] == 0x44 || stamp[1] == 0x41)) {
            return agreed(file, stamp, ByteOrder.LITTLE_ENDIAN, !little && big);
        }
        if (stamp[0] == 0x11 && (stamp[1] == 0x11 || stamp[1] == 0x14)) {
            return agreed(file, stamp, ByteOrder.BIG_ENDIAN, !big && little);
        }
        if (little == big) {
            throw new InputException(file + ": the byte order cannot be told: the machine stamp is " + hex(stamp)
                    + " (44 44 00 00 or 44 41 00 00 is little endian, 11 11 00 00 big endian) and mode and dimensions "
                    + (little ? "make sense either way" : "make sense neither way")
                    + "; correct bytes 213 to 216, or this is not an MRC file");
        }
        ByteOrder order = little ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN;
        notes.add("the machine stamp is " + hex(stamp) + "; " + name(order) + " is taken from mode and dimensions");
        return order;
    }

    private static ByteOrder agreed(String file, byte[] stamp, ByteOrder order, boolean contradicted) {
        if (contradicted) {
            throw new InputException(file + ": wrong byte order: the machine stamp " + hex(stamp) + " says "
                    + name(order)
                    + ", but mode and dimensions make sense only the other way round; correct bytes 213 to"
                    + " 216 or write the file again");
        }
        return order;
    }

    private static boolean plausible(ByteBuffer header, ByteOrder order) {
        ByteBuffer ordered = header.duplicate().order(order);
        int mode = ordered.getInt(MrcHeader.MODE);
        boolean sensible = mode >= 0 && mode <= 16 || mode == 101;
        for (int i = 0; i < 3; i++) {
            int size = ordered.getInt(4 * i);
            sensible &= size > 0 && size <= LARGEST;
        }
        return sensible;
    }

    private static String name(ByteOrder order) {
        return order == ByteOrder.LITTLE_ENDIAN ? "little endian" : "big endian";
    }

    static String hex(byte[] bytes) {
        return HexFormat.ofDelimiter(" ").formatHex(bytes);
    }
}
