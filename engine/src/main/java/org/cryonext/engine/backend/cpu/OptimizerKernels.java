package org.cryonext.engine.backend.cpu;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;
import org.cryonext.engine.backend.Bindings;
import org.cryonext.engine.backend.Kernel;
import org.cryonext.engine.op.AdamW;
import org.cryonext.engine.op.ClipGradientNorm;
import org.cryonext.engine.op.ExponentialMovingAverage;
import org.cryonext.engine.op.UnscaleGradients;

/** What updates parameters: AdamW, gradient clipping, averages. */
final class OptimizerKernels {
    private static final VectorSpecies<Float> SPECIES = CpuSpecies.SPECIES;
    private static final int LENGTH = CpuSpecies.LENGTH;
    private static final int PIECE = PointwiseKernels.PIECE;

    private final CpuPool pool;

    OptimizerKernels(CpuPool pool) {
        this.pool = pool;
    }

    /** One AdamW update's tensors and constants. */
    private record Update(
            CpuBlock parameter,
            CpuBlock gradient,
            CpuBlock m,
            CpuBlock v,
            CpuBlock hyper,
            CpuBlock clip,
            float beta1,
            float rest1,
            float beta2,
            float rest2,
            float epsilon) {
        void run(int from, int count) {
            float clipping = clip == null ? 1 : clip.array()[clip.offset()];
            if (clipping == 0) {
                return;
            }
            float decay = hyper.array()[hyper.offset()];
            float rate = hyper.array()[hyper.offset() + 1];
            float inverse = 1 / hyper.array()[hyper.offset() + 2];
            int p = parameter.offset() + from;
            int g = gradient.offset() + from;
            int first = m.offset() + from;
            int second = v.offset() + from;
            int i = 0;
            for (; i + LENGTH <= count; i += LENGTH) {
                FloatVector grad =
                        FloatVector.fromArray(SPECIES, gradient.array(), g + i).mul(clipping);
                FloatVector mean = FloatVector.fromArray(SPECIES, m.array(), first + i)
                        .mul(beta1)
                        .add(grad.mul(rest1));
                FloatVector square = FloatVector.fromArray(SPECIES, v.array(), second + i)
                        .mul(beta2)
                        .add(grad.mul(grad).mul(rest2));
                mean.intoArray(m.array(), first + i);
                square.intoArray(v.array(), second + i);
                FloatVector step = mean.mul(rate).div(square.sqrt().mul(inverse).add(epsilon));
                FloatVector.fromArray(SPECIES, parameter.array(), p + i)
                        .mul(decay)
                        .sub(step)
                        .intoArray(parameter.array(), p + i);
            }
            for (; i < count; i++) {
                float grad = gradient.array()[g + i] * clipping;
                float mean = m.array()[first + i] * beta1 + grad * rest1;
                float square = v.array()[second + i] * beta2 + grad * grad * rest2;
                m.array()[first + i] = mean;
                v.array()[second + i] = square;
                float step = mean * rate / ((float) Math.sqrt(square) * inverse + epsilon);
                parameter.array()[p + i] = parameter.array()[p + i] * decay - step;
            }
        }
    }

    Kernel adamW(AdamW op) {
        return new CpuKernel(0, b -> {
            Update update = new Update(
                    CpuKernel.in(b, "parameter"),
                    CpuKernel.in(b, "gradient"),
                    CpuKernel.in(b, "m"),
                    CpuKernel.in(b, "v"),
                    CpuKernel.in(b, "hyper"),
                    CpuKernel.in(b, "clip"),
                    (float) op.beta1(),
                    (float) (1 - op.beta1()),
                    (float) op.beta2(),
                    (float) (1 - op.beta2()),
                    (float) op.epsilon());
            int size = update.parameter.size();
            CpuPool.Body body = (task, worker) -> update.run(task * PIECE, Math.min(PIECE, size - task * PIECE));
            return () -> pool.parallel(Math.ceilDiv(size, PIECE), body);
        });
    }

    Kernel average(ExponentialMovingAverage op) {
        float decay = (float) op.decay();
        float rest = (float) (1 - op.decay());
        return new CpuKernel(0, b -> {
            CpuBlock average = CpuKernel.in(b, "average");
            CpuBlock value = CpuKernel.in(b, "value");
            int size = average.size();
            CpuPool.Body body = (task, worker) -> {
                int from = average.offset() + task * PIECE;
                int count = Math.min(PIECE, size - task * PIECE);
                Pointwise.scale(average.array(), from, decay, average.array(), from, count);
                Pointwise.addScaled(
                        average.array(),
                        from,
                        value.array(),
                        value.offset() + task * PIECE,
                        rest,
                        average.array(),
                        from,
                        count);
            };
            return () -> pool.parallel(Math.ceilDiv(size, PIECE), body);
        });
    }

    Kernel clip(ClipGradientNorm op) {
        return new CpuKernel(pool.size() * LaneSum.ROOM, b -> {
            SquareSum squares = new SquareSum(b, 0);
            CpuBlock clip = CpuKernel.out(b, 0);
            CpuBlock norm = CpuKernel.out(b, 1);
            return () -> {
                double root = Math.sqrt(squares.run());
                if (clip != null) {
                    clip.array()[clip.offset()] = (float) Math.min(1, op.maxNorm() / (root + 1e-6));
                }
                if (norm != null) {
                    norm.array()[norm.offset()] = (float) root;
                }
            };
        });
    }

    Kernel unscale(UnscaleGradients op) {
        return new CpuKernel(pool.size() * LaneSum.ROOM, b -> {
            SquareSum squares = new SquareSum(b, 2);
            CpuBlock scale = (CpuBlock) b.in(0);
            CpuBlock good = (CpuBlock) b.in(1);
            CpuBlock factor = CpuKernel.out(b, 2);
            CpuBlock norm = CpuKernel.out(b, 3);
            return () -> {
                double scaled = Math.sqrt(squares.run());
                boolean finite = Double.isFinite(scaled);
                float now = scale.array()[scale.offset()];
                if (factor != null) {
                    factor.array()[factor.offset()] = finite ? (float) op.factor(scaled, now) : 0;
                }
                if (norm != null) {
                    norm.array()[norm.offset()] = finite ? (float) (scaled / now) : 0;
                }
                float steps = good.array()[good.offset()] + 1;
                boolean grows = finite && steps >= op.interval();
                scale.array()[scale.offset()] = (float) (now * (grows ? op.growth() : finite ? 1 : op.backoff()));
                good.array()[good.offset()] = finite && !grows ? steps : 0;
            };
        });
    }

    /** The sum of the squares of all tensors from an input on. */
    private final class SquareSum {
        private final CpuBlock[] tensors;
        private final double[] squares;
        private final CpuPool.Body body;

        SquareSum(Bindings bindings, int first) {
            CpuBlock lanes = CpuKernel.scratch(bindings);
            tensors = new CpuBlock[bindings.inputs() - first];
            int[] sizes = new int[tensors.length];
            int[] firstTask = new int[tensors.length + 1];
            for (int i = 0; i < tensors.length; i++) {
                tensors[i] = (CpuBlock) bindings.in(first + i);
                sizes[i] = tensors[i].size();
                firstTask[i + 1] = firstTask[i] + Math.ceilDiv(sizes[i], PIECE);
            }
            squares = new double[firstTask[tensors.length]];
            body = (task, worker) -> {
                int found = Arrays.binarySearch(firstTask, task);
                int index = found >= 0 ? found : -found - 2;
                CpuBlock tensor = tensors[index];
                int from = (task - firstTask[index]) * PIECE;
                squares[task] = Pointwise.squares(
                        tensor.array(),
                        tensor.offset() + from,
                        Math.min(PIECE, sizes[index] - from),
                        lanes.array(),
                        lanes.offset() + worker * LaneSum.ROOM);
            };
        }

        double run() {
            pool.parallel(squares.length, body);
            double sum = 0;
            for (double square : squares) {
                sum += square;
            }
            return sum;
        }
    }
}
