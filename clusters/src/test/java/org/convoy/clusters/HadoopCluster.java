package org.convoy.clusters;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.BlockLocation;
import org.apache.hadoop.fs.CreateFlag;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.hdfs.DFSTestUtil;
import org.apache.hadoop.hdfs.DistributedFileSystem;
import org.apache.hadoop.hdfs.MiniDFSCluster;
import org.apache.hadoop.hdfs.protocol.LocatedBlock;
import org.apache.hadoop.net.NetUtils;
import org.apache.hadoop.yarn.client.cli.LogsCLI;
import org.apache.hadoop.yarn.conf.YarnConfiguration;
import org.apache.hadoop.yarn.server.MiniYARNCluster;
import org.apache.hadoop.yarn.webapp.util.WebServiceClient;

/**
 * HDFS with two data nodes and YARN with two node managers, in this process. Containers are
 * processes of their own, and a container that takes more physical memory than it was granted is
 * killed, as on a real cluster. The first data node has this machine's name; the second one says
 * that it is on another host, in another rack.
 */
final class HadoopCluster implements AutoCloseable {
  private static final int NODES = 2;
  private static final int NODE_MEGABYTES = 8192;
  private static final int NODE_CORES = 8;

  /** A queue of three gigabytes: a master and an executor fit, and no second executor. */
  private static final float SHORT_PERCENT = 18.75f;

  private static final String HERE = NetUtils.getLocalHostname();

  /** Small, so that a file of a test has many. */
  private static final int BLOCK_BYTES = 1 << 16;

  private final Path folder;
  private final MiniDFSCluster hdfs;
  private final MiniYARNCluster yarn;

  private HadoopCluster(Path folder, MiniDFSCluster hdfs, MiniYARNCluster yarn) {
    this.folder = folder;
    this.hdfs = hdfs;
    this.yarn = yarn;
  }

  /**
   * Starts both.
   *
   * @param folder receives all files of the clusters, and a folder {@code conf} for clients
   */
  static HadoopCluster start(Path folder) throws IOException {
    return start(folder, new YarnConfiguration());
  }

  /** Starts both with settings of their own. */
  static HadoopCluster start(Path folder, Configuration settings) throws IOException {
    settings.set(MiniDFSCluster.HDFS_MINIDFS_BASEDIR, folder.resolve("hdfs").toString());
    // A file of one checkpoint has several blocks.
    settings.setLong("dfs.namenode.fs-limits.min-block-size", BLOCK_BYTES);
    settings.setLong("dfs.blocksize", 1 << 20);
    settings.setInt("dfs.replication", NODES);
    MiniDFSCluster hdfs =
        new MiniDFSCluster.Builder(settings)
            .numDataNodes(NODES)
            .hosts(new String[] {HERE, "elsewhere"})
            .racks(new String[] {"/here", "/elsewhere"})
            .build();
    hdfs.waitActive();
    settings.set("fs.defaultFS", hdfs.getURI().toString());
    System.setProperty("test.build.data", folder.toString());
    MiniYARNCluster yarn = new MiniYARNCluster("yarn", NODES, 1, 1);
    yarn.init(yarnSettings(settings));
    yarn.start();
    HadoopCluster cluster = new HadoopCluster(folder, hdfs, yarn);
    cluster.writeClientSettings();
    return cluster;
  }

  private static Configuration yarnSettings(Configuration hdfs) {
    Configuration settings = new YarnConfiguration(hdfs);
    settings.setInt(YarnConfiguration.YARN_MINICLUSTER_NM_PMEM_MB, NODE_MEGABYTES);
    settings.setInt("yarn.nodemanager.resource.cpu-vcores", NODE_CORES);
    settings.setInt("yarn.scheduler.minimum-allocation-mb", 64);
    settings.setBoolean("yarn.nodemanager.pmem-check-enabled", true);
    settings.setBoolean("yarn.nodemanager.vmem-check-enabled", false);
    // Without this, Hadoop 3.3 leaves the check to cgroups, and without cgroups nothing is killed.
    settings.setBoolean("yarn.nodemanager.resource.memory.enforced", false);
    settings.setInt("yarn.nodemanager.container-monitor.interval-ms", 500);
    settings.setFloat(
        "yarn.nodemanager.disk-health-checker.max-disk-utilization-per-disk-percentage", 100);
    settings.setBoolean("yarn.log-aggregation-enable", true);
    settings.set("yarn.nodemanager.remote-app-log-dir", "/logs");
    settings.setInt("yarn.resourcemanager.am.max-attempts", 3);
    settings.set("yarn.scheduler.capacity.root.queues", "default,short");
    settings.setFloat("yarn.scheduler.capacity.maximum-am-resource-percent", 0.9f);
    settings.setFloat("yarn.scheduler.capacity.root.default.capacity", 100 - SHORT_PERCENT);
    settings.setFloat("yarn.scheduler.capacity.root.short.capacity", SHORT_PERCENT);
    settings.setFloat("yarn.scheduler.capacity.root.short.maximum-capacity", SHORT_PERCENT);
    settings.setFloat("yarn.scheduler.capacity.root.short.user-limit-factor", 1);
    settings.setFloat("yarn.scheduler.capacity.root.default.user-limit-factor", 2);
    return settings;
  }

  private void writeClientSettings() throws IOException {
    Files.createDirectories(conf());
    Configuration settings = new Configuration(yarn.getConfig());
    // A class of Hadoop's tests, which clients do not have.
    settings.unset("net.topology.node.switch.mapping.impl");
    for (String name : new String[] {"core-site.xml", "hdfs-site.xml", "yarn-site.xml"}) {
      try (OutputStream out = Files.newOutputStream(conf().resolve(name))) {
        settings.writeXml(out);
      }
    }
  }

  /** The folder for {@code HADOOP_CONF_DIR}. */
  Path conf() {
    return folder.resolve("conf");
  }

  FileSystem files() throws IOException {
    return hdfs.getFileSystem();
  }

  /**
   * Puts a file on HDFS in many blocks with one replica each, a quarter of them on the data node of
   * this host.
   *
   * @return the share of its bytes that is on this host
   */
  double spread(java.nio.file.Path from, org.apache.hadoop.fs.Path to) throws IOException {
    byte[] bytes = Files.readAllBytes(from);
    int here = bytes.length / 4 / BLOCK_BYTES * BLOCK_BYTES;
    DistributedFileSystem files = hdfs.getFileSystem();
    FsPermission permission = FsPermission.getFileDefault();
    short replicas = 1;
    try (OutputStream out =
        files.create(to, permission, true, BLOCK_BYTES, replicas, BLOCK_BYTES, null, dataNode(0))) {
      out.write(bytes, 0, here);
    }
    EnumSet<CreateFlag> anew = EnumSet.of(CreateFlag.APPEND, CreateFlag.NEW_BLOCK);
    try (OutputStream out = files.append(to, anew, BLOCK_BYTES, null, dataNode(1))) {
      out.write(bytes, here, bytes.length - here);
    }
    for (BlockLocation block : files.getFileBlockLocations(to, 0, bytes.length)) {
      String host = block.getOffset() < here ? HERE : "elsewhere";
      if (!block.getHosts()[0].equals(host)) {
        throw new IOException(to + ": expected on " + host + " what is " + block);
      }
    }
    return (double) here / bytes.length;
  }

  private InetSocketAddress[] dataNode(int number) {
    return new InetSocketAddress[] {hdfs.getDataNodes().get(number).getXferAddress()};
  }

  /**
   * The settings by which clients know racks, and so the distance to a data node, from the names of
   * hosts. Without them a data node is near if its address is one of the client's own, which those
   * of this process are.
   */
  List<String> racks() throws IOException {
    Path script = folder.resolve("racks.sh");
    Files.writeString(
        script,
        "#!/bin/sh\nfor host; do case $host in elsewhere) echo /elsewhere ;; *) echo /here ;; esac;"
            + " done\n");
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
    return List.of(
        "--conf=spark.hadoop.fs.client.resolve.topology.enabled=true",
        "--conf=spark.hadoop.net.topology.script.file.name=" + script);
  }

  /** Damages what one data node holds of a file. */
  void damageOneReplica(org.apache.hadoop.fs.Path path) throws IOException {
    for (LocatedBlock block : DFSTestUtil.getAllBlocks(hdfs.getFileSystem(), path)) {
      hdfs.corruptReplica(0, block.getBlock());
    }
  }

  /**
   * Whether a reader has reported a damaged replica: then the name node hands out the other one.
   */
  boolean hasMissedReplica(org.apache.hadoop.fs.Path path) throws IOException {
    for (BlockLocation block : files().getFileBlockLocations(path, 0, Long.MAX_VALUE)) {
      if (block.getHosts().length < NODES) {
        return true;
      }
    }
    return false;
  }

  /** What {@code yarn logs} finds of an application that has ended. */
  String logs(String application) throws Exception {
    Path logs = Files.createTempDirectory(folder, "logs");
    WebServiceClient.initialize(yarn.getConfig());
    try {
      LogsCLI client = new LogsCLI();
      client.setConf(yarn.getConfig());
      client.run(new String[] {"-applicationId", application, "-out", logs.toString()});
    } finally {
      WebServiceClient.destroy();
    }
    StringBuilder text = new StringBuilder();
    try (Stream<Path> files = Files.walk(logs)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        text.append(Files.readString(file));
      }
    }
    return text.toString();
  }

  @Override
  public void close() throws IOException {
    yarn.close();
    hdfs.shutdown(true);
  }
}
