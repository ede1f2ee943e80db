#!/usr/bin/env bash
# A Slurm cluster of two nodes, n1 and n2, on this machine, in a directory of its own: nothing below
# /etc and no system service is touched. Needs root and the packages slurmctld, slurmd, slurm-client
# and munge (tools/install-dependencies.sh test).
#
#   tools/slurm-cluster.sh start DIR     returns when both nodes are idle; then
#                                        export SLURM_CONF=DIR/slurm.conf
#   tools/slurm-cluster.sh stop DIR      stops every process that start has started
#   tools/slurm-cluster.sh can           exits 0 where start can work, else says why not
#   tools/slurm-cluster.sh revive DIR N  starts the slurmd of node N again
#
# With --while PID before DIR, start leaves a watcher that stops the cluster when that process ends.
set -euo pipefail
PATH=/usr/sbin:/usr/bin:/sbin:/bin

die() { echo "slurm-cluster: $*" >&2; exit 1; }

can() {
  [[ $(id -u) -eq 0 ]] || die "needs root: slurmd changes users"
  local program
  for program in munged slurmctld slurmd srun sbatch scontrol squeue scancel; do
    command -v "$program" >/dev/null || die "$program is not installed"
  done
}

# Ports that nobody listens on, from this shell's random numbers.
free_ports() {
  local wanted=$1 port
  local -a found=()
  while [[ ${#found[@]} -lt $wanted ]]; do
    port=$((20000 + RANDOM % 12000))
    (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null && continue
    [[ " ${found[*]-} " == *" $port "* ]] || found+=("$port")
  done
  echo "${found[@]}"
}

write_configuration() {
  local dir=$1 ctld n1 n2
  read -r ctld n1 n2 < <(free_ports 3)
  # linuxproc and task/none ask nothing of cgroups, so that it runs in a container. Short times, so
  # that a dead slurmd is seen in seconds.
  # Nothing here uses control groups, and slurmd does not start where none are mounted: it is given an
  # empty directory to look at.
  mkdir -p "$dir/cgroup"
  printf 'CgroupPlugin=cgroup/v1\nCgroupMountpoint=%s\n' "$dir/cgroup" >"$dir/cgroup.conf"
  cat >"$dir/slurm.conf" <<CONF
ClusterName=nam56r
SlurmctldHost=$(hostname -s 2>/dev/null || hostname)(127.0.0.1)
SlurmctldPort=$ctld
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket=$dir/munge.socket
StateSaveLocation=$dir/state
SlurmdSpoolDir=$dir/spool.%n
SlurmctldPidFile=$dir/slurmctld.pid
SlurmdPidFile=$dir/slurmd.%n.pid
SlurmctldLogFile=$dir/slurmctld.log
SlurmdLogFile=$dir/slurmd.%n.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SwitchType=switch/none
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SlurmdParameters=config_overrides
SchedulerType=sched/builtin
SchedulerParameters=batch_sched_delay=0,sched_min_interval=1000,sched_interval=1
AccountingStorageType=accounting_storage/none
JobAcctGatherType=jobacct_gather/none
JobCompType=jobcomp/none
PropagateResourceLimits=NONE
MailProg=/bin/true
ReturnToService=2
JobRequeue=0
SlurmctldTimeout=5
SlurmdTimeout=3
MessageTimeout=3
KillWait=2
UnkillableStepTimeout=10
NodeName=n1 NodeHostname=localhost NodeAddr=127.0.0.1 Port=$n1 CPUs=16 State=UNKNOWN
NodeName=n2 NodeHostname=localhost NodeAddr=127.0.0.1 Port=$n2 CPUs=16 State=UNKNOWN
PartitionName=all Nodes=n1,n2 Default=YES MaxTime=INFINITE State=UP
CONF
}

start_node() {
  SLURM_CONF=$1/slurm.conf slurmd -N "$2" -L "$1/slurmd.$2.log"
}

# The processes that belong to the cluster in $1, by what they were started with.
members() {
  local dir=$1 entry pid
  for entry in /proc/[0-9]*; do
    pid=${entry#/proc/}
    [[ "$pid" != $$ && "$pid" != "$BASHPID" ]] || continue
    # slurmstepd has no argument that says so, but inherits the variable.
    # A process may be gone by now.
    if { tr '\0' '\n' <"$entry/cmdline" | head -1 | grep -qE '(^|/)(munged|slurmctld|slurmd|slurmstepd)(:|$)'; } 2>/dev/null &&
      { grep -qzF "$dir/" "$entry/cmdline" || grep -qzF "SLURM_CONF=$dir/" "$entry/environ"; } 2>/dev/null; then
      echo "$pid"
    fi
  done
}

stop() {
  local dir=$1 pid tries
  [[ -f "$dir/slurm.conf" ]] || return 0
  for tries in 1 2 3; do
    for pid in $(members "$dir"); do kill -KILL "$pid" 2>/dev/null || true; done
    [[ -n "$(members "$dir")" ]] || return 0
    sleep 0.1
  done
  die "still running: $(members "$dir" | tr '\n' ' ')"
}

start() {
  local watched=$1 dir=$2 node
  can
  mkdir -p "$dir"
  dir=$(cd "$dir" && pwd)
  [[ ! -e "$dir/slurm.conf" ]] || die "$dir already holds a cluster"
  chmod 755 "$dir"
  mkdir -p "$dir/state" "$dir/spool.n1" "$dir/spool.n2"
  write_configuration "$dir"
  (umask 077 && head -c 1024 /dev/urandom >"$dir/munge.key")
  export SLURM_CONF=$dir/slurm.conf
  if [[ -n "$watched" ]]; then
    setsid "$0" watch "$watched" "$dir" </dev/null >/dev/null 2>&1 &
  fi
  trap 'stop "$dir"' ERR
  munged --force --key-file="$dir/munge.key" --socket="$dir/munge.socket" --pid-file="$dir/munged.pid" \
    --log-file="$dir/munged.log" --seed-file="$dir/munge.seed" --num-threads=2 2>>"$dir/munged.err"
  slurmctld -i -L "$dir/slurmctld.log" 2>>"$dir/slurmctld.err"
  for node in n1 n2; do start_node "$dir" "$node" 2>>"$dir/slurmd.$node.err"; done
  for ((i = 0; i < 300; ++i)); do
    if [[ $(scontrol -o show node n1,n2 2>/dev/null | grep -cE ' State=IDLE ') -eq 2 ]]; then
      trap - ERR
      return 0
    fi
    sleep 0.1
  done
  tail -n 20 "$dir"/*.log "$dir"/*.err >&2 || true
  stop "$dir"
  die "the nodes did not become idle in 30 s"
}

watch() {
  local pid=$1 dir=$2
  while [[ -d /proc/$pid ]]; do sleep 0.5; done
  stop "$dir"
}

case "${1-}" in
  can) can ;;
  start)
    watched=
    if [[ "${2-}" == --while ]]; then watched=$3; shift 2; fi
    start "$watched" "${2:?a directory}"
    ;;
  stop) stop "$(realpath "${2:?a directory}")" ;;
  revive) start_node "$(realpath "${2:?a directory}")" "${3:?a node}" ;;
  watch) watch "$2" "$3" ;;
  *) sed -n '2,13s/^# \{0,1\}//p' "$0" >&2; exit 64 ;;
esac
