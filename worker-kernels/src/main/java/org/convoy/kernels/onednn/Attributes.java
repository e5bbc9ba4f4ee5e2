package org.convoy.kernels.onednn;

import java.util.function.Consumer;
import org.bytedeco.dnnl.dnnl_post_ops;
import org.bytedeco.dnnl.dnnl_primitive_attr;
import org.bytedeco.dnnl.global.dnnl;
import org.convoy.kernels.plan.Chain;

/**
 * What all primitives are asked for beside their own arguments: scratch memory from the caller, and
 * sums whose order does not depend on the moment.
 */
final class Attributes implements AutoCloseable {
  private final dnnl_primitive_attr handle = new dnnl_primitive_attr();

  private Attributes() {
    Dnnl.check(dnnl.dnnl_primitive_attr_create(handle), "attributes");
    Dnnl.check(
        dnnl.dnnl_primitive_attr_set_scratchpad_mode(handle, dnnl.dnnl_scratchpad_mode_user),
        "scratchpad mode");
    Dnnl.check(dnnl.dnnl_primitive_attr_set_deterministic(handle, 1), "deterministic mode");
  }

  static Attributes standard() {
    return new Attributes();
  }

  /** An element-wise function over the primitive's result. */
  static Attributes followedBy(int algorithm, float alpha, float beta) {
    return followedBy(
        chain ->
            Dnnl.check(
                dnnl.dnnl_post_ops_append_eltwise(chain, algorithm, alpha, beta), "post-op"));
  }

  /** Addition to what the result's memory holds. */
  static Attributes adding() {
    return followedBy(Attributes::appendSum);
  }

  private static void appendSum(dnnl_post_ops operations) {
    Dnnl.check(
        dnnl.dnnl_post_ops_append_sum(operations, 1, 0, dnnl.dnnl_data_type_undef), "sum post-op");
  }

  /**
   * What a chain does with its convolution's result: add to what the result's memory holds, apply
   * the activation.
   */
  static Attributes of(Chain chain) {
    return followedBy(
        operations -> {
          if (chain.addend().isPresent()) {
            appendSum(operations);
          }
          chain
              .activation()
              .map(Elementwise.Algorithm::of)
              .ifPresent(
                  f ->
                      Dnnl.check(
                          dnnl.dnnl_post_ops_append_eltwise(
                              operations, f.forward(), f.alpha(), f.beta()),
                          "post-op"));
        });
  }

  private static Attributes followedBy(Consumer<dnnl_post_ops> operations) {
    Attributes attributes = new Attributes();
    dnnl_post_ops chain = new dnnl_post_ops();
    Dnnl.check(dnnl.dnnl_post_ops_create(chain), "post-ops");
    operations.accept(chain);
    Dnnl.check(dnnl.dnnl_primitive_attr_set_post_ops(attributes.handle, chain), "post-ops");
    dnnl.dnnl_post_ops_destroy(chain);
    return attributes;
  }

  dnnl_primitive_attr handle() {
    return handle;
  }

  @Override
  public void close() {
    dnnl.dnnl_primitive_attr_destroy(handle);
  }
}
