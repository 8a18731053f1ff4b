package org.cryonext.bench.paper;

/**
 * What share of a card's ceilings a kernel reaches when it has enough to do: an assumption, the same for all cards. Each
 * figure is from the times of single kernels or of a model's nodes on an H200 (driver 580.159.04, 27 November 2026, {@code
 * cryonext doctor --gpu}; docs/gpu.md), none from another card; a kernel that was not timed in its present form has that of what
 * it is made of. It is never adjusted to what a model should reach.
 *
 * @param compute of the operations' ceiling
 * @param memory of a copy's bandwidth
 * @param overlapped whether the longer of both counts, else their sum: blocks of products are so few on a multiprocessor that
 *     none computes while another one writes its results
 */
record Efficiency(double compute, double memory, boolean overlapped) {
    /** Of the f32 peak, activations and the like in a product's last step. */
    static final double EPILOGUE = 0.55;

    static Efficiency of(String family, String type) {
        boolean plain = type.equals("f32");
        boolean two = type.equals("f16") || type.equals("bf16");
        return switch (family) {
            // 268 of 622 TFLOP/s in f16, 137 of 311 in tf32, 34 of 67 in f32; 3,400 to 3,600 of 4,253 GB/s.
            case "linear" -> new Efficiency(plain ? 0.50 : 0.43, 0.80, false);
            // A model's nodes: 145 to 321 TFLOP/s in f16 with up to 2,800 GB/s, 70 to 118 in tf32.
            case "linear_input_gradient" -> new Efficiency(plain ? 0.50 : two ? 0.45 : 0.36, 1, false);
            // 162 to 238 in f16, 63 to 85 in tf32, with up to 2,800 GB/s beside it.
            case "linear_weight_gradient" -> new Efficiency(plain ? 0.44 : two ? 0.34 : 0.26, 0.66, true);
            case "patch_conv" -> new Efficiency(plain ? 0.48 : 0.31, 0.48, false);
            case "patch_conv_input_gradient" -> new Efficiency(plain ? 0.48 : 0.33, 0.6, false);
            case "patch_conv_weight_gradient" -> new Efficiency(plain ? 0.37 : two ? 0.17 : 0.15, 0.6, false);
            // Not timed yet: as the products that they are made of. Earlier forms, whose hidden values went through
            // shared memory and
            // whose warps waited for each other, reached 80 to 119 TFLOP/s, with a Grn 59 to 88.
            case "mlp_whole", "mlp_first", "mlp_second" -> new Efficiency(0.43, 0.80, false);
            // 16.2 to 20.4 of 66.9 TFLOP/s; with the normalisation, which was not timed yet, as without it.
            case "depthwise7", "depthwise7_norm", "depthwise_any" -> new Efficiency(0.27, 0.80, true);
            // 10.8 to 15.5.
            case "depthwise7_weight_gradient", "depthwise_any_weight_gradient" -> new Efficiency(0.19, 0.80, true);
            // 1,750 to 2,270 GB/s in f16, 2,200 to 3,300 in f32: its instructions bound it.
            case "layer_norm" -> new Efficiency(1, two ? 0.44 : 0.68, true);
            case "layer_norm_gradient" -> new Efficiency(1, two ? 0.30 : 0.41, true);
            // The operator's 2,000 GB/s of two tensors are 3,000 of the three that its kernels move.
            case "grn_squares", "grn_apply" -> new Efficiency(1, 0.72, true);
            case "grn_gradient_sums", "grn_gradient" -> new Efficiency(1, 0.78, true);
            case "gelu", "gelu_tanh" -> new Efficiency(1, two ? 0.70 : 0.92, true);
            case "gelu_gradient", "gelu_tanh_gradient" -> new Efficiency(1, two ? 0.76 : 1, true);
            case "residual", "add", "adam_w", "moving_average" -> new Efficiency(1, 0.96, true);
            case "residual_gradient" -> new Efficiency(1, two ? 0.66 : 0.78, true);
            case "dropout" -> new Efficiency(1, 0.70, true);
            case "gradient_squares" -> new Efficiency(1, 0.73, true);
            // Small, or copies: what a copy reaches, and the time of a launch decides.
            default -> new Efficiency(1, 0.90, true);
        };
    }
}
