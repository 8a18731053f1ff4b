package org.cryonext.engine.backend.cpu;

import org.cryonext.engine.backend.Bindings;
import org.cryonext.engine.backend.Kernel;
import org.cryonext.engine.graph.Node;

/** The softmax cross entropy and its gradient, in double: few values, and the loss is compared in many digits. */
final class LossKernels {
    private final CpuPool pool;

    LossKernels(CpuPool pool) {
        this.pool = pool;
    }

    /** Logits with labels and optional class weights. */
    private record Targets(
            CpuBlock logits, CpuBlock labels, CpuBlock weights, double smoothing, int samples, int classes) {
        static Targets of(Bindings b, double smoothing) {
            CpuBlock logits = CpuKernel.in(b, "logits");
            CpuBlock labels = CpuKernel.in(b, "labels");
            return new Targets(logits, labels, CpuKernel.in(b, "weights"), smoothing, labels.size(), logits.channels());
        }

        float logit(int sample, int c) {
            return logits.array()[logits.offset() + sample * classes + c];
        }

        int label(int sample) {
            int label = Float.floatToRawIntBits(labels.array()[labels.offset() + sample]);
            if (label < 0 || label >= classes) {
                throw new IllegalArgumentException(
                        "label " + label + " of sample " + sample + " is not one of " + classes + " classes");
            }
            return label;
        }

        double weight(int c) {
            return weights == null ? 1 : weights.array()[weights.offset() + c];
        }

        double totalWeight() {
            double sum = 0;
            for (int n = 0; n < samples; n++) {
                sum += weight(label(n));
            }
            return sum;
        }

        double largest(int sample) {
            double max = Double.NEGATIVE_INFINITY;
            for (int c = 0; c < classes; c++) {
                max = Math.max(max, logit(sample, c));
            }
            return max;
        }

        /** Sum of the exponentials of a sample's logits less the largest one. */
        double exponentials(int sample, double largest) {
            double sum = 0;
            for (int c = 0; c < classes; c++) {
                sum += Math.exp(logit(sample, c) - largest);
            }
            return sum;
        }

        /** What of -log p_c enters a sample's loss. */
        double share(int c, int label) {
            return smoothing / classes * weight(c) + (c == label ? (1 - smoothing) * weight(c) : 0);
        }

        double loss(int sample) {
            double largest = largest(sample);
            double logSum = Math.log(exponentials(sample, largest));
            int label = label(sample);
            double loss = 0;
            for (int c = 0; c < classes; c++) {
                loss -= share(c, label) * (logit(sample, c) - largest - logSum);
            }
            return loss;
        }

        void gradient(int sample, double factor, CpuBlock dlogits) {
            double largest = largest(sample);
            double sum = exponentials(sample, largest);
            int label = label(sample);
            double shares = 0;
            for (int c = 0; c < classes; c++) {
                shares += share(c, label);
            }
            for (int c = 0; c < classes; c++) {
                double p = Math.exp(logit(sample, c) - largest) / sum;
                dlogits.array()[dlogits.offset() + sample * classes + c] =
                        (float) (factor * (shares * p - share(c, label)));
            }
        }
    }

    Kernel loss(Node node, double smoothing) {
        int samples = Math.toIntExact(node.input("logits").type().shape().dim(0));
        return new CpuKernel(0, b -> {
            Targets targets = Targets.of(b, smoothing);
            CpuBlock loss = CpuKernel.out(b, 0);
            double[] losses = new double[samples];
            CpuPool.Body body = (sample, worker) -> losses[sample] = targets.loss(sample);
            return () -> {
                pool.parallel(samples, body);
                double sum = 0;
                for (double value : losses) {
                    sum += value;
                }
                loss.array()[loss.offset()] = (float) (sum / targets.totalWeight());
            };
        });
    }

    Kernel gradient(Node node, double smoothing) {
        int samples = Math.toIntExact(node.input("logits").type().shape().dim(0));
        return new CpuKernel(0, b -> {
            Targets targets = Targets.of(b, smoothing);
            CpuBlock dloss = CpuKernel.in(b, "dloss");
            CpuBlock dlogits = CpuKernel.out(b, 0);
            double[] factor = new double[1];
            CpuPool.Body body = (sample, worker) -> targets.gradient(sample, factor[0], dlogits);
            return () -> {
                factor[0] = dloss.array()[dloss.offset()] / targets.totalWeight();
                pool.parallel(samples, body);
            };
        });
    }
}
