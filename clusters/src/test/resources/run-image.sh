#!/bin/sh
# Runs a program in the file tree of an image, as a pod of a restricted namespace does: as a user without rights, on a root
# that is read-only, with two empty folders to write to. Call it by unshare --mount.
#
#   run-image.sh IMAGE SPARK_JARS DATA PROGRAM...
set -eu
image=$1 jars=$2 data=$3
shift 3
root=$image/root
mkdir "$root"
mount -t tmpfs tmpfs "$root"
show() {
  mkdir -p "$root$2"
  mount --bind "$1" "$root$2"
  mount -o remount,bind,ro "$root$2"
}
# The system and its Java, which Spark's image brings.
for each in /usr /etc /bin /lib /lib64; do
  if [ -L "$each" ]; then ln -s "$(readlink "$each")" "$root$each"; else show "$each" "$each"; fi
done
mkdir "$root/proc" "$root/dev"
mount --bind /proc "$root/proc"
mount --bind /dev "$root/dev"
show "$image/opt/convoy" /opt/convoy
show "$jars" /opt/spark/jars
show "$data" /data
# The user "spark", as Spark's image has it.
echo 'spark:x:185:185::/opt/spark:/bin/sh' >"$root/passwd"
mount --bind "$root/passwd" "$root/etc/passwd"
mkdir -p "$root/tmp" "$root/opt/spark/work-dir"
mount -t tmpfs -o mode=1777 tmpfs "$root/tmp"
mount -t tmpfs -o mode=1777 tmpfs "$root/opt/spark/work-dir"
mount -o remount,ro "$root"
exec chroot "$root" setpriv --reuid=185 --regid=185 --clear-groups --no-new-privs \
  sh -c 'cd /opt/spark/work-dir && exec "$@"' sh "$@"
