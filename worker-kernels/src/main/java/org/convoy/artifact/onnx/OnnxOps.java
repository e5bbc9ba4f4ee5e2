package org.convoy.artifact.onnx;

import static org.convoy.artifact.onnx.OnnxNodes.attribute;

import java.util.List;
import java.util.function.Function;
import org.convoy.graph.Activate;
import org.convoy.graph.AdaptiveAveragePool;
import org.convoy.graph.Add;
import org.convoy.graph.Attention;
import org.convoy.graph.BatchNorm;
import org.convoy.graph.ChannelScale;
import org.convoy.graph.ChannelShuffle;
import org.convoy.graph.Concat;
import org.convoy.graph.Convolution;
import org.convoy.graph.Dropout;
import org.convoy.graph.Embedding;
import org.convoy.graph.Flatten;
import org.convoy.graph.GlobalAveragePool;
import org.convoy.graph.GlobalResponseNorm;
import org.convoy.graph.GroupNorm;
import org.convoy.graph.Input;
import org.convoy.graph.LayerNorm;
import org.convoy.graph.Linear;
import org.convoy.graph.LocalResponseNorm;
import org.convoy.graph.MatrixProduct;
import org.convoy.graph.Multiply;
import org.convoy.graph.Op;
import org.convoy.graph.OpTable;
import org.convoy.graph.PRelu;
import org.convoy.graph.Pad;
import org.convoy.graph.PadChannels;
import org.convoy.graph.Pool;
import org.convoy.graph.RelativeAttention;
import org.convoy.graph.Reshape;
import org.convoy.graph.Resize;
import org.convoy.graph.Slice;
import org.convoy.graph.Softmax;
import org.convoy.graph.TransposedConvolution;

/** Every op as operators of ONNX, opset 17. An entry adds them and returns the op's value. */
final class OnnxOps {
  private static final OpTable<Function<OnnxSite, String>> TABLE =
      OpTable.<Function<OnnxSite, String>>of("onnx")
          .on(Input.class, op -> OnnxSite::input)
          .on(Convolution.class, op -> site -> OnnxWindows.convolution(op, site))
          .on(TransposedConvolution.class, op -> site -> OnnxWindows.transposed(op, site))
          .on(Pool.class, op -> site -> OnnxWindows.pool(op, site))
          .on(AdaptiveAveragePool.class, op -> site -> OnnxWindows.adaptive(op, site))
          .on(GlobalAveragePool.class, op -> OnnxWindows::global)
          .on(Linear.class, op -> site -> OnnxProducts.linear(op, site))
          .on(MatrixProduct.class, op -> site -> OnnxProducts.matrices(op, site))
          .on(Attention.class, op -> site -> OnnxProducts.attention(op, site))
          .on(RelativeAttention.class, op -> site -> OnnxProducts.attention(op, site))
          .on(Embedding.class, op -> site -> OnnxProducts.embedding(op, site))
          .on(Resize.class, op -> site -> OnnxProducts.resize(op, site))
          .on(BatchNorm.class, op -> site -> OnnxNorms.batch(op, site))
          .on(LayerNorm.class, op -> site -> OnnxNorms.layer(op, site))
          .on(GroupNorm.class, op -> site -> OnnxNorms.group(op, site))
          .on(LocalResponseNorm.class, op -> site -> OnnxNorms.localResponse(op, site))
          .on(GlobalResponseNorm.class, op -> site -> OnnxNorms.globalResponse(op, site))
          .on(Activate.class, op -> site -> OnnxActivations.add(op, site, site.input()))
          .on(PRelu.class, op -> site -> prelu(op, site))
          .on(Softmax.class, op -> site -> site.add("Softmax", site.input(), attribute("axis", 1)))
          .on(Dropout.class, op -> OnnxSite::input)
          .on(Add.class, op -> site -> site.add("Add", site.inputs()))
          .on(Multiply.class, op -> site -> site.add("Mul", site.inputs()))
          .on(
              ChannelScale.class,
              op -> site -> site.add("Mul", List.of(site.input(), site.tensors().get(0))))
          .on(Concat.class, op -> site -> site.add("Concat", site.inputs(), attribute("axis", 1)))
          .on(Flatten.class, op -> site -> site.add("Flatten", site.input(), attribute("axis", 1)))
          .on(Reshape.class, op -> site -> site.reshape(site.input(), op.shape()))
          .on(Pad.class, op -> site -> OnnxShapes.pad(op, site))
          .on(PadChannels.class, op -> site -> OnnxShapes.padChannels(op, site))
          .on(Slice.class, op -> site -> OnnxShapes.slice(op, site))
          .on(ChannelShuffle.class, op -> site -> OnnxShapes.shuffle(op, site))
          .build();

  private OnnxOps() {}

  /**
   * Adds what an op becomes.
   *
   * @return the name of its value
   */
  static String add(Op op, OnnxSite site) {
    return TABLE.get(op).apply(site);
  }

  private static String prelu(PRelu op, OnnxSite site) {
    String slope = site.tensors().get(0);
    String shaped = op.perChannel() ? site.perChannel(slope) : slope;
    return site.add("PRelu", List.of(site.input(), shaped));
  }
}
