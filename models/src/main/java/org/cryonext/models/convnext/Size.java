package org.cryonext.models.convnext;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.cryonext.engine.io.InputException;

/** The named sizes of the papers and of timm: blocks and channels of the four stages. */
public enum Size {
    ATTO(List.of(2, 2, 6, 2), 40),
    FEMTO(List.of(2, 2, 6, 2), 48),
    PICO(List.of(2, 2, 6, 2), 64),
    NANO(List.of(2, 2, 8, 2), 80),
    TINY(List.of(3, 3, 9, 3), 96),
    SMALL(List.of(3, 3, 27, 3), 96),
    BASE(List.of(3, 3, 27, 3), 128),
    LARGE(List.of(3, 3, 27, 3), 192),
    XLARGE(List.of(3, 3, 27, 3), 256),
    HUGE(List.of(3, 3, 27, 3), 352);

    private final List<Integer> depths;
    private final List<Integer> dims;

    Size(List<Integer> depths, int width) {
        this.depths = depths;
        this.dims = List.of(width, 2 * width, 4 * width, 8 * width);
    }

    /** Blocks of each stage. */
    public List<Integer> depths() {
        return depths;
    }

    /** Channels of each stage. */
    public List<Integer> dims() {
        return dims;
    }

    /**
     * The size of this name, for instance "tiny".
     *
     * @throws InputException if there is none
     */
    public static Size named(String name) {
        return Arrays.stream(values())
                .filter(size -> size.name().equalsIgnoreCase(name))
                .findFirst()
                .orElseThrow(() -> new InputException("There is no ConvNeXt size " + name + "; choose one of "
                        + Arrays.stream(values()).map(Size::toString).collect(Collectors.joining(", "))));
    }

    /** The name in lower case. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
