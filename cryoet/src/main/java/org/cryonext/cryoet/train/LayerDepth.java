package org.cryonext.cryoet.train;

import org.cryonext.models.convnext.ConvNextConfig;
import org.cryonext.models.convnext.Layer;
import org.cryonext.models.convnext.Parameter;

/**
 * Which layer a parameter belongs to where learning rates fall from layer to layer: the stem is one, each of the first two
 * stages, every three blocks of the third, the last stage, a downsampling with what follows it; the final norm lies above
 * all. Source: Liu et al., A ConvNet for the 2020s, arXiv 2201.03545, and its published optim_factory.py.
 */
record LayerDepth(ConvNextConfig config) {
    private static final int GROUP = 3;
    private static final int THIRD = 2;

    /** How far below the last layer the stem is. */
    int deepest() {
        return above();
    }

    private int above() {
        return lastStage() + 1;
    }

    private int lastStage() {
        return GROUP + Math.ceilDiv(config.depths().get(THIRD), GROUP);
    }

    /** Layers above a parameter's: 0 for the final norm, 1 for the last stage. */
    int belowTheLast(Parameter parameter) {
        return above() - layer(parameter);
    }

    private int layer(Parameter parameter) {
        if (parameter.layer() == Layer.STEM_CONV || parameter.layer() == Layer.STEM_NORM) {
            return 0;
        }
        return switch (parameter.stage()) {
            case 0, 1 -> parameter.stage() + 1;
            case THIRD -> GROUP + Math.max(0, parameter.block()) / GROUP;
            case GROUP -> lastStage();
            default -> above();
        };
    }
}
