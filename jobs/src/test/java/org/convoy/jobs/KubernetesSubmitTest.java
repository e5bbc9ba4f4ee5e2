package org.convoy.jobs;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.SecurityContext;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.server.mock.KubernetesCrudDispatcher;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import io.fabric8.mockwebserver.Context;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import okhttp3.mockwebserver.MockResponse;
import okhttp3.mockwebserver.MockWebServer;
import okhttp3.mockwebserver.RecordedRequest;
import org.apache.spark.SecurityManager;
import org.apache.spark.SparkConf;
import org.apache.spark.deploy.k8s.KubernetesExecutorConf;
import org.apache.spark.deploy.k8s.SparkPod;
import org.apache.spark.internal.config.package$;
import org.apache.spark.resource.ResourceProfile;
import org.apache.spark.resource.ResourceProfile$;
import org.apache.spark.scheduler.cluster.k8s.KubernetesExecutorBuilder;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import scala.Option;

/**
 * What {@code deploy/kubernetes/submit} asks a cluster for: the script, the launcher and Spark's
 * own submission run as they are, against an API server in memory. The pods of executors are those
 * that Spark makes of the settings that it sent to the driver.
 */
final class KubernetesSubmitTest {
  private static final Path HOME = Path.of(System.getProperty("convoy.home"));
  private static final String NAMESPACE = "convoy";

  @TempDir
  @SuppressWarnings("NullAway.Init") // set before all tests
  private static Path folder;

  @SuppressWarnings("NullAway.Init") // set before all tests
  private static KubernetesMockServer server;

  @SuppressWarnings("NullAway.Init") // set before all tests
  private static KubernetesClient client;

  @BeforeAll
  static void submitTwo() throws IOException, InterruptedException {
    server =
        new KubernetesMockServer(
            new Context(), new MockWebServer(), new HashMap<>(), new Applying(), false);
    server.init();
    client = server.createClient();
    Path spark = sparkHome();
    List<Process> submissions = new ArrayList<>();
    for (String name : List.of("first", "second")) {
      submissions.add(submit(spark, name));
    }
    for (Process submission : submissions) {
      String told = new String(submission.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertTrue(submission.waitFor(2, TimeUnit.MINUTES), told);
      assertEquals(0, submission.exitValue(), told);
    }
  }

  @AfterAll
  static void end() {
    client.close();
    server.destroy();
  }

  /** A Spark installation of this test's class path. */
  private static Path sparkHome() throws IOException {
    Path spark = folder.resolve("spark");
    Files.createDirectories(spark.resolve("jars"));
    Files.createDirectories(spark.resolve("bin"));
    Path submit = spark.resolve("bin/spark-submit");
    Files.writeString(
        submit,
        "#!/bin/sh\nexec '"
            + Path.of(System.getProperty("java.home"), "bin", "java")
            + "' -XX:TieredStopAtLevel=1 $SPARK_SUBMIT_OPTS @'"
            + HOME.resolve("conf/jvm.options")
            + "' -cp \"$SPARK_CONF_DIR:$CLASSES\" org.apache.spark.deploy.SparkSubmit \"$@\"\n");
    assertTrue(submit.toFile().setExecutable(true));
    return spark;
  }

  private static Process submit(Path spark, String name) throws IOException {
    Path recipe = folder.resolve(name + ".conf");
    Files.writeString(recipe, "name = " + name + "\n");
    ProcessBuilder builder =
        new ProcessBuilder(
                HOME.resolve("deploy/kubernetes/submit").toString(),
                "http://localhost:" + server.getPort(),
                "registry.example/convoy:0.1",
                recipe.toString(),
                "s3a://models/" + name,
                "--executors",
                "8",
                "--cores",
                "16",
                "--conf",
                "spark.executor.memoryOverhead=12g",
                "--conf",
                "spark.kubernetes.submission.waitAppCompletion=false",
                "--set",
                "epochs=3")
            .redirectErrorStream(true);
    builder.environment().put("SPARK_HOME", spark.toString());
    builder.environment().put("CLASSES", System.getProperty("java.class.path"));
    builder.environment().put("TMPDIR", folder.toString());
    builder.environment().remove("SPARK_CONF_DIR");
    return builder.start();
  }

  @Test
  void eachSubmissionSendsItsOwnRecipeWithItsOwnDriver() {
    List<Pod> drivers = client.pods().inNamespace(NAMESPACE).list().getItems();
    assertEquals(2, drivers.size());
    List<String> recipes = new ArrayList<>();
    for (Pod driver : drivers) {
      ConfigMap settings = settings(driver);
      String recipe = requireNonNull(settings.getData().get("recipe.conf")).strip();
      recipes.add(recipe);
      assertEquals(
          driver.getMetadata().getName(),
          settings.getMetadata().getOwnerReferences().get(0).getName(),
          "the recipe goes with its driver");
      List<String> arguments = container(driver).getArgs();
      int train = arguments.indexOf("train");
      assertEquals(
          List.of(
              "/opt/spark/conf/recipe.conf",
              "--out",
              "s3a://models/" + recipe.substring("name = ".length()),
              "--set",
              "epochs=3"),
          arguments.subList(train + 1, arguments.size()));
    }
    assertEquals(List.of("name = first", "name = second"), recipes.stream().sorted().toList());
  }

  @Test
  void theDriverIsAdmittedToARestrictedNamespace() {
    Pod driver = driver();
    assertRestricted(driver.getSpec());
    assertEquals("convoy", driver.getSpec().getServiceAccountName());
    assertEquals("registry.example/convoy:0.1", container(driver).getImage());
  }

  @Test
  void anExecutorIsAdmittedToARestrictedNamespace() {
    PodSpec executor = sparksPod(executor());
    assertRestricted(executor);
    assertEquals(
        "kubernetes.io/hostname",
        executor
            .getAffinity()
            .getPodAntiAffinity()
            .getPreferredDuringSchedulingIgnoredDuringExecution()
            .get(0)
            .getPodAffinityTerm()
            .getTopologyKey());
  }

  @Test
  void anExecutorAsksForItsHeapItsOverheadAndLessThanAWholeNode() {
    Container container = executor().container();
    Quantity memory = new Quantity("13312Mi");
    assertEquals(memory, container.getResources().getRequests().get("memory"));
    assertEquals(memory, container.getResources().getLimits().get("memory"));
    assertEquals(new Quantity("15200m"), container.getResources().getRequests().get("cpu"));
    assertEquals(new Quantity("16"), container.getResources().getLimits().get("cpu"));
    assertEquals("16", environment(container, "OMP_NUM_THREADS"));
    assertEquals("C.UTF-8", environment(container, "LC_ALL"));
    assertEquals("16", environment(container, "SPARK_EXECUTOR_CORES"));
  }

  /** The rules of the pod security standard "restricted", and a root that is read-only. */
  private static void assertRestricted(PodSpec pod) {
    assertEquals(true, pod.getSecurityContext().getRunAsNonRoot());
    assertEquals("RuntimeDefault", pod.getSecurityContext().getSeccompProfile().getType());
    assertEquals(185L, pod.getSecurityContext().getRunAsUser());
    Container container = pod.getContainers().get(0);
    SecurityContext security = container.getSecurityContext();
    assertEquals(false, security.getAllowPrivilegeEscalation());
    assertEquals(true, security.getReadOnlyRootFilesystem());
    assertEquals(List.of("ALL"), security.getCapabilities().getDrop());
    assertEquals(List.of(), security.getCapabilities().getAdd());
    for (String written : List.of("/tmp", "/opt/spark/work-dir")) {
      String volume =
          container.getVolumeMounts().stream()
              .filter(mount -> mount.getMountPath().equals(written))
              .map(VolumeMount::getName)
              .findFirst()
              .orElseThrow();
      Volume found =
          pod.getVolumes().stream()
              .filter(v -> v.getName().equals(volume))
              .findFirst()
              .orElseThrow();
      assertTrue(found.getEmptyDir() != null, written);
    }
  }

  private static Pod driver() {
    return client.pods().inNamespace(NAMESPACE).list().getItems().get(0);
  }

  private static Container container(Pod pod) {
    return pod.getSpec().getContainers().get(0);
  }

  private static ConfigMap settings(Pod driver) {
    String name =
        driver.getSpec().getVolumes().stream()
            .filter(volume -> volume.getName().equals("spark-conf-volume-driver"))
            .map(volume -> volume.getConfigMap().getName())
            .findFirst()
            .orElseThrow();
    return client.configMaps().inNamespace(NAMESPACE).withName(name).get();
  }

  /** An executor's pod, made of the settings that the driver finds in its pod. */
  private static SparkPod executor() {
    Properties sent = new Properties();
    try {
      sent.load(new StringReader(settings(driver()).getData().get("spark.properties")));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    SparkConf conf = new SparkConf(false);
    sent.stringPropertyNames().forEach(key -> conf.set(key, sent.getProperty(key)));
    // In the driver's pod it is a copy of this file.
    conf.set(
        "spark.kubernetes.executor.podTemplateFile",
        HOME.resolve("deploy/kubernetes/executor-pod.yaml").toString());
    KubernetesExecutorConf executor =
        new KubernetesExecutorConf(conf, "app", "1", Option.apply(driver()), 0);
    // Spark keeps the default profile for the whole process. Another test's context must not find
    // this one.
    ResourceProfile profile = ResourceProfile$.MODULE$.reInitDefaultProfile(conf);
    try {
      return new KubernetesExecutorBuilder()
          .buildFromFeatures(
              executor,
              new SecurityManager(conf, Option.empty(), package$.MODULE$.AUTH_SECRET_FILE()),
              client,
              profile)
          .pod();
    } finally {
      ResourceProfile$.MODULE$.clearDefaultProfile();
    }
  }

  private static PodSpec sparksPod(SparkPod made) {
    PodSpec spec = made.pod().getSpec();
    spec.setContainers(List.of(made.container()));
    return spec;
  }

  private static String environment(Container container, String name) {
    return container.getEnv().stream()
        .filter(variable -> variable.getName().equals(name))
        .map(EnvVar::getValue)
        .findFirst()
        .orElseThrow();
  }

  /** Adds to the server in memory that a resource which is applied is created or replaced. */
  private static final class Applying extends KubernetesCrudDispatcher {
    @Override
    public MockResponse handlePatch(RecordedRequest request) {
      String path = request.getPath().replaceFirst("\\?.*", "");
      if (handleGet(path).getStatus().contains(" 404 ")) {
        return handleCreate(as(request, "POST", path.substring(0, path.lastIndexOf('/'))));
      }
      return handleUpdate(as(request, "PUT", path));
    }

    private static RecordedRequest as(RecordedRequest request, String method, String path) {
      return new RecordedRequest(
          method + " " + path + " HTTP/1.1",
          request.getHeaders(),
          request.getChunkSizes(),
          request.getBodySize(),
          request.getBody(),
          request.getSequenceNumber(),
          new Socket());
    }
  }
}
