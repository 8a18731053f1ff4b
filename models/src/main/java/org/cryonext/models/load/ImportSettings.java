package org.cryonext.models.load;

import java.nio.file.Path;
import org.cryonext.engine.tensor.DType;

/**
 * What to import, and how.
 *
 * @param source the model: a file or a checkpoint folder
 * @param out folder of the new checkpoint
 * @param head what becomes of the classifier
 * @param weights element type to write: F32, F16 or BF16
 */
public record ImportSettings(Path source, Path out, Head head, DType weights) {}
