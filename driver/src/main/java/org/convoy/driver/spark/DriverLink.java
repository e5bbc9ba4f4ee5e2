package org.convoy.driver.spark;

import java.util.function.Consumer;
import org.apache.spark.SparkEnv;
import org.apache.spark.rpc.RpcEndpointRef;
import org.apache.spark.rpc.RpcEnv;
import org.apache.spark.rpc.ThreadSafeRpcEndpoint;
import org.apache.spark.util.RpcUtils;
import scala.Function1;
import scala.PartialFunction;
import scala.runtime.AbstractPartialFunction;
import scala.runtime.BoxedUnit;

/**
 * Sends messages from executors to the driver at once. It is an endpoint next to Spark's own, on
 * Spark's port and with Spark's authentication and encryption. Spark's barrier coordination uses
 * the same mechanism.
 */
final class DriverLink implements AutoCloseable {
  private final RpcEnv rpc;
  private final RpcEndpointRef reference;

  private DriverLink(RpcEnv rpc, RpcEndpointRef reference) {
    this.rpc = rpc;
    this.reference = reference;
  }

  /**
   * Opens the driver's end.
   *
   * @param receiver is called with each message, one call at a time
   */
  static DriverLink open(String name, Consumer<String> receiver) {
    RpcEnv rpc = SparkEnv.get().rpcEnv();
    return new DriverLink(rpc, rpc.setupEndpoint(name, new Endpoint(rpc, receiver)));
  }

  /** An executor's end. */
  static Consumer<String> toDriver(String name) {
    SparkEnv env = SparkEnv.get();
    RpcEndpointRef driver = RpcUtils.makeDriverRef(name, env.conf(), env.rpcEnv());
    return driver::send;
  }

  @Override
  public void close() {
    rpc.stop(reference);
  }

  private record Endpoint(RpcEnv rpcEnv, Consumer<String> receiver)
      implements ThreadSafeRpcEndpoint {
    @Override
    public PartialFunction<Object, BoxedUnit> receive() {
      return new Receive(receiver);
    }
  }

  private static final class Receive extends AbstractPartialFunction<Object, BoxedUnit> {
    private final transient Consumer<String> receiver;

    Receive(Consumer<String> receiver) {
      this.receiver = receiver;
    }

    @Override
    public boolean isDefinedAt(Object message) {
      return message instanceof String;
    }

    @Override
    public <A, B> B applyOrElse(A message, Function1<A, B> otherwise) {
      if (message instanceof String text) {
        receiver.accept(text);
        @SuppressWarnings("unchecked") // B is a supertype of the declared result, BoxedUnit.
        B unit = (B) BoxedUnit.UNIT;
        return unit;
      }
      return otherwise.apply(message);
    }
  }
}
