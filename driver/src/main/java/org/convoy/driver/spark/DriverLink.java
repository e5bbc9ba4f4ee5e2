package org.convoy.driver.spark;

import java.util.function.Consumer;
import org.apache.spark.SparkEnv;
import org.apache.spark.rpc.RpcCallContext;
import org.apache.spark.rpc.RpcEndpointRef;
import org.apache.spark.rpc.RpcEnv;
import org.apache.spark.rpc.ThreadSafeRpcEndpoint;
import org.apache.spark.util.RpcUtils;
import scala.Function1;
import scala.PartialFunction;
import scala.reflect.ClassTag$;
import scala.runtime.AbstractPartialFunction;
import scala.runtime.BoxedUnit;

/**
 * Sends messages from executors to the driver at once, with an answer or without. It is an endpoint
 * next to Spark's own, on Spark's port and with Spark's authentication and encryption. Spark's
 * barrier coordination uses the same mechanism.
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
   * @param listener is told and asked, one call at a time
   */
  static DriverLink open(String name, StageListener listener) {
    RpcEnv rpc = SparkEnv.get().rpcEnv();
    return new DriverLink(rpc, rpc.setupEndpoint(name, new Endpoint(rpc, listener)));
  }

  /** An executor's end. */
  static Caller toDriver(String name) {
    SparkEnv env = SparkEnv.get();
    return new Caller(RpcUtils.makeDriverRef(name, env.conf(), env.rpcEnv()));
  }

  /** An executor's end. */
  record Caller(RpcEndpointRef driver) {
    void tell(String message) {
      driver.send(message);
    }

    String ask(String message) {
      return driver.askSync(message, ClassTag$.MODULE$.apply(String.class));
    }
  }

  @Override
  public void close() {
    rpc.stop(reference);
  }

  private record Endpoint(RpcEnv rpcEnv, StageListener listener) implements ThreadSafeRpcEndpoint {
    @Override
    public PartialFunction<Object, BoxedUnit> receive() {
      return new Receive(listener::told);
    }

    @Override
    public PartialFunction<Object, BoxedUnit> receiveAndReply(RpcCallContext call) {
      return new Receive(message -> call.reply(listener.asked(message)));
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
