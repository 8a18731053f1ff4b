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

    /** Logits with one or two labels a sample and optional class weights. */
    private record Targets(
            CpuBlock logits,
            CpuBlock labels,
            CpuBlock weights,
            CpuBlock others,
            CpuBlock part,
            double smoothing,
            double focus,
            int samples,
            int classes) {
        static Targets of(Bindings b, double smoothing, double focus) {
            CpuBlock logits = CpuKernel.in(b, "logits");
            CpuBlock labels = CpuKernel.in(b, "labels");
            return new Targets(
                    logits,
                    labels,
                    CpuKernel.in(b, "weights"),
                    CpuKernel.in(b, "others"),
                    CpuKernel.in(b, "part"),
                    smoothing,
                    focus,
                    labels.size(),
                    logits.channels());
        }

        float logit(int sample, int c) {
            return logits.array()[logits.offset() + sample * classes + c];
        }

        /** The class of a sample's first label. */
        int label(int sample) {
            return label(labels, sample);
        }

        /** The class of its second one; the first again where there is but one. */
        int other(int sample) {
            return others == null ? label(sample) : label(others, sample);
        }

        /** What the first label counts. */
        double first() {
            return part == null ? 1 : part.array()[part.offset()];
        }

        private int label(CpuBlock from, int sample) {
            int label = Float.floatToRawIntBits(from.array()[from.offset() + sample]);
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
            double first = first();
            double sum = 0;
            for (int n = 0; n < samples; n++) {
                sum += first * weight(label(n)) + (1 - first) * weight(other(n));
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
        double share(int c, int label, int other, double first) {
            double labels = (c == label ? first : 0) + (c == other ? 1 - first : 0);
            return weight(c) * (smoothing / classes + (1 - smoothing) * labels);
        }

        double loss(int sample) {
            double largest = largest(sample);
            double logSum = Math.log(exponentials(sample, largest));
            int label = label(sample);
            int other = other(sample);
            double first = first();
            double loss = 0;
            for (int c = 0; c < classes; c++) {
                double logp = logit(sample, c) - largest - logSum;
                double counts = focus == 0 ? 1 : Math.pow(-Math.expm1(logp), focus);
                loss -= share(c, label, other, first) * counts * logp;
            }
            return loss;
        }

        /** How much of share (p - e_c) is the gradient of a class's part of the loss: 1 without a focus. */
        double slope(double logp) {
            if (focus == 0) {
                return 1;
            }
            double rest = -Math.expm1(logp);
            return Math.pow(rest, focus) - focus * Math.exp(logp) * Math.pow(rest, focus - 1) * logp;
        }

        void gradient(int sample, double factor, CpuBlock dlogits) {
            double largest = largest(sample);
            double sum = exponentials(sample, largest);
            double logSum = Math.log(sum);
            int label = label(sample);
            int other = other(sample);
            double first = first();
            double shares = 0;
            for (int c = 0; c < classes; c++) {
                shares += share(c, label, other, first) * slope(logit(sample, c) - largest - logSum);
            }
            for (int c = 0; c < classes; c++) {
                double p = Math.exp(logit(sample, c) - largest) / sum;
                double own = share(c, label, other, first) * slope(logit(sample, c) - largest - logSum);
                dlogits.array()[dlogits.offset() + sample * classes + c] = (float) (factor * (shares * p - own));
            }
        }
    }

    Kernel loss(Node node, double smoothing, double focus) {
        int samples = Math.toIntExact(node.input("logits").type().shape().dim(0));
        return new CpuKernel(0, b -> {
            Targets targets = Targets.of(b, smoothing, focus);
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

    Kernel gradient(Node node, double smoothing, double focus) {
        int samples = Math.toIntExact(node.input("logits").type().shape().dim(0));
        return new CpuKernel(0, b -> {
            Targets targets = Targets.of(b, smoothing, focus);
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
