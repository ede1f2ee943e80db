// Slurm
#include "src/launch/why/signatures/groups.h"

namespace nam56r::launch::why {
namespace {

constexpr Signature
    kSignatures[] =
        {
            {.code = "WHY1701",
             .cls = Class::kPolicy,
             .role = Role::kRoot,
             .title = "A task exceeded the job's memory",
             .cause = "Slurm's cgroup ended a process of the step: it used more host memory than "
                      "the job asked for.",
             .all =
                 {R"((?:Detected \d+ oom[-_]kill event|Some of (?:your processes may have been|the step tasks have been) (?:killed by the cgroup out-of-memory handler|OOM Killed)|task \d+: Out Of Memory|exceeded (?:job |step |virtual )?memory limit|State=OUT_OF_MEMORY|\bOUT_OF_ME))"},
             .confidence = 0.75,
             .next = "Ask for more memory (--mem=0 takes the whole node), or use less: fewer "
                     "data-loader workers, checkpoints read by one rank, no pinned copies.",
             .fields = {"policy.data", "host.machine"},
             .why = "Without --mem a job gets the partition's default for each CPU, often a small "
                    "part of the node. The limit is the job's own.",
             .matches = "slurmstepd: error: Detected 1 oom_kill event in StepId=4711.0. Some of "
                        "the step tasks have been OOM Killed.",
             .near_miss =
                 "slurmstepd: error: *** STEP 4711.0 ON n1 CANCELLED AT 2024-01-01T00:00:00 ***",
             .source = "SchedMD/slurm 284c3b9 src/slurmd/slurmstepd/task.c, src/plugins/cgroup; "
                       "slurm-22-05 src/plugins/jobacct_gather"},
            {.code = "WHY1702",
             .cls = Class::kHost,
             .role = Role::kRoot,
             .title = "The job's time was over",
             .cause = "Slurm ended the job at its time limit.",
             .all =
                 {R"((?:DUE TO TIME LIMIT|Job killed due hitting max wall clock limit|State=TIMEOUT\b|Reason=TimeLimit\b|\bTIMEOUT\s+0:(?:0|15)\b))"},
             .confidence = 0.85,
             .next = "Ask for more time, or save often enough and resume; a signal before the end "
                     "(--signal=B:TERM@300) lets the run save.",
             .fields = {"policy.run"},
             .why = "The scheduler ends a job at the time that was asked for or at the partition's "
                    "limit.",
             .matches = "slurmstepd: error: *** STEP 4711.0 ON n1 CANCELLED AT 2024-01-01T00:00:00 "
                        "DUE TO TIME LIMIT ***",
             .near_miss = "slurmstepd: error: *** STEP 4711.0 ON n1 CANCELLED AT "
                          "2024-01-01T00:00:00 DUE TO PREEMPTION ***",
             .source = "SchedMD/slurm 284c3b9 src/slurmd/slurmstepd/req.c (CANCELLED messages), "
                       "src/common/slurm_errno.c:855"},
            {.code = "WHY1703",
             .cls = Class::kHost,
             .role = Role::kRoot,
             .title = "The job was preempted or requeued",
             .cause = "Slurm ended the job for another one or to run it again ({1}).",
             .all =
                 {R"((DUE TO PREEMPTION|DUE TO JOB REQUEUE|State=PREEMPTED\b|State=REQUEUED\b))"},
             .confidence = 0.9,
             .next =
                 "Resume from the last checkpoint; use a partition or QOS that is not preempted.",
             .fields = {"policy.run"},
             .why = "The scheduler took the nodes back.",
             .matches = "slurmstepd: error: *** JOB 4711 ON n1 CANCELLED AT 2024-01-01T00:00:00 "
                        "DUE TO PREEMPTION ***",
             .near_miss = "slurmstepd: error: *** JOB 4711 ON n1 CANCELLED AT 2024-01-01T00:00:00 "
                          "DUE TO TIME LIMIT ***",
             .source = "SchedMD/slurm 284c3b9 src/slurmd/slurmstepd/req.c (CANCELLED messages)"},
            {.code = "WHY1704",
             .cls = Class::kHost,
             .role = Role::kRoot,
             .title = "A node of the job failed",
             .cause = "Slurm lost a node of the job.",
             .all =
                 {R"((?:DUE TO NODE FAILURE|DUE TO NODE FAIL|NODE_FAIL\b|Node failure on \S+|Job killed due node failure|srun: error: Node failure|error: Nodes? \S+ (?:not responding|is down)|Zero Bytes were transmitted or received$))"},
             .confidence = 0.9,
             .next = "Look at sinfo -R and at the node; resubmit without it (--exclude).",
             .fields = {"host.machine.nodes"},
             .why = "slurmctld declares a node down when its slurmd does not answer.",
             .matches = "srun: error: Node failure on n7",
             .near_miss = "srun: error: n7: task 3: Exited with exit code 1",
             .source = "SchedMD/slurm 284c3b9 src/slurmd/slurmstepd/req.c, src/api/step_launch.c"},
            {.code = "WHY1705",
             .cls = Class::kPolicy,
             .role = Role::kRoot,
             .title = "More asked for than there is",
             .cause = "Slurm cannot satisfy the request: {1}.",
             .all =
                 {R"((?:srun|sbatch|salloc|slurmstepd|slurmctld|slurmd)\S* (?:error|fatal): .*(Requested node configuration is not available|More processors requested than permitted|Node count specification invalid|Invalid generic resource \(gres\) specification|Memory required by task is not available|Requested nodes not in this partition|CPU count specification invalid|Task count specification invalid|Task distribution specification invalid|Invalid Trackable RESource.*|Insufficient GRES available in allocation|Unable to satisfy cpu bind request|Invalid feature specification|Invalid partition name specified|Invalid qos specification|Requested time limit is invalid.*|Job violates accounting/QOS policy.*|Unable to layout tasks on given cpus|Step requested GRES .* not found|are mutually exclusive|Invalid node name specified|Requested GRES option unsupported\S*|Job size specification needs to be provided|Invalid account or account/partition combination specified|User's group not permitted to use this partition))"},
             .confidence = 0.85,
             .next = "Compare nodes, tasks, CPUs, GPUs, memory, partition and time with sinfo -o "
                     "\"%P %D %c %m %G %l\".",
             .fields = {"host.machine.nodes", "host.machine.gpus_per_node", "host.machine.cores"},
             .why = "The request contradicts the cluster's configuration or the account's limits, "
                    "and waiting will not help.",
             .matches = "srun: error: Unable to create step for job 4711: More processors "
                        "requested than permitted",
             .near_miss = "srun: error: Unable to create step for job 4711: Job/step already "
                          "completing or completed",
             .source = "SchedMD/slurm 284c3b9 src/common/slurm_errno.c:241-529"},
            {.code = "WHY1706",
             .cls = Class::kPolicy,
             .role = Role::kRoot,
             .title = "Numbers of tasks and GPUs contradict each other",
             .cause = "Slurm refused the numbers of tasks, GPUs or CPUs: {1}.",
             .all =
                 {R"(error: ((?:Failed to validate job spec|Asked for \d+ tasks have \d+ in the nodelist|Invalid task count|In order to use --gres-flags|--ntasks-per-\w+ \(\d+\) can not be bigger|Unable to layout tasks on given cpus|Invalid numeric value|Invalid --\S+ specification|Invalid generic resource).*))"},
             .confidence = 0.85,
             .next =
                 "Make ntasks equal nodes x ntasks-per-node, with as many GPUs a task as it uses.",
             .fields = {"host.machine.nodes", "host.machine.gpus_per_node",
                        "policy.layout.world_size"},
             .why = "Slurm checks that the numbers given fit one another.",
             .matches = "srun: error: Failed to validate job spec, -n/--ntasks has to be a "
                        "multiple of --ntasks-per-node.",
             .near_miss = "srun: error: n7: task 3: Exited with exit code 1",
             .source = "SchedMD/slurm 284c3b9 src/common/slurm_opt.c, src/interfaces/gres.c"},
            {.code = "WHY1707",
             .cls = Class::kHost,
             .role = Role::kRoot,
             .title = "Slurm itself does not answer",
             .cause = "Slurm's controller or a node's daemon did not answer ({1}).",
             .all =
                 {R"((Unable to contact slurm controller[^:]*|error: slurm_(?:receive_msgs?|send_\w+|load_jobs?)\S*: .*(?:Socket timed out|Connection refused|Connection timed out|Zero Bytes)|Communication connection failure|Slurmd could not \w+[^"]*|Job credential (?:expired|revoked|replayed)|Invalid job credential|Invalid authentication credential|Prolog (?:failed|hook failed)|Job prolog failed|launch failed requeued held|Munge (?:encode|decode) failed: .*|Protocol authentication error|Kill task failed))"},
             .confidence = 0.75,
             .next = "Check slurmctld, slurmd and munge (clocks must agree) on the node; let the "
                     "administrators know.",
             .fields = {"host.machine.nodes"},
             .why = "A failure of the scheduler or of a node's health script, not of the job.",
             .matches = "srun: error: Task launch for StepId=4711.0 failed on node n3: Job "
                        "credential expired",
             .near_miss = "srun: error: n3: task 5: Exited with exit code 1",
             .source = "SchedMD/slurm 284c3b9 src/common/slurm_errno.c:186-198, 1053-1101"},
            {.code = "WHY1708",
             .cls = Class::kPolicy,
             .role = Role::kRoot,
             .title = "srun cannot start the program",
             .cause = "Slurm could not start the program: {1}.",
             .all =
                 {R"((?:slurmstepd: )?error: (execve\(\)?: .*|couldn't chdir to .*|task_p_pre_launch\S* .*|Invalid MPI plugin name|.*unable to find plugin.*mpi\S*|no command given to execute|No executable program specified for this task.*))"},
             .none = {"slurm_script"},
             .confidence = 0.75,
             .next = "Give a path that exists on every node, and an MPI type that srun --mpi=list "
                     "shows.",
             .fields = {"host.paths"},
             .why = "The step reached the node and its program or working directory is not there.",
             .matches = "slurmstepd: error: execve(): /home/u/train.sh: Permission denied",
             .near_miss = "slurmstepd: error: Detected 1 oom_kill event in StepId=4711.0.",
             .source = "SchedMD/slurm 284c3b9 src/slurmd/slurmstepd/task.c"},
            {.code = "WHY1709",
             .cls = Class::kUnknown,
             .role = Role::kCascade,
             .title = "Slurm ends the rest of the step",
             .cause = "Slurm ended the other tasks of the step or job after one of them ended.",
             .all =
                 {R"((?:DUE TO TASK FAILURE|Job step aborted: Waiting up to|Terminating StepId=|Force Terminated|srun: (?:error: )?\S+: tasks? [\d,-]+: (?:Exited with exit code \d+|Terminated|Aborted)|Job/step already completing or completed|Killed? step \S+ because))"},
             .confidence = 0.3,
             .next = "Look for the first task that failed, and at its own output.",
             .why = "With --kill-on-bad-exit one failing task ends the step.",
             .matches = "srun: error: n3: task 5: Exited with exit code 1",
             .near_miss = "srun: error: n3: task 5: Out Of Memory",
             .source =
                 "SchedMD/slurm 284c3b9 src/srun/libsrun/task_state.c, src/api/step_launch.c"},
            {.code = "WHY1710",
             .cls = Class::kHost,
             .role = Role::kSymptom,
             .title = "A task was killed",
             .cause = "A task of the step was killed or crashed ({1}).",
             .all =
                 {R"(srun: (?:error: )?\S+: tasks? [\d,-]+: (Killed|Bus error|Killed \(core dumped\)|Bus error \(core dumped\)))"},
             .confidence = 0.5,
             .next = "Look at dmesg of that node: the out-of-memory killer, or a full /dev/shm.",
             .fields = {"host.machine"},
             .why = "Slurm reports the signal that ended the task.",
             .matches = "srun: error: n3: task 5: Killed",
             .near_miss = "srun: error: n3: task 5: Exited with exit code 1",
             .source = "SchedMD/slurm 284c3b9 src/srun/libsrun/launch.c"},
            {.code = "WHY1711",
             .cls = Class::kHost,
             .role = Role::kSymptom,
             .title = "The job was cancelled",
             .cause =
                 "The job was cancelled from outside: by its user, an administrator or a script.",
             .all =
                 {R"(\*\*\* (?:JOB|STEP|StepId=)\s?\S+ ON \S+ CANCELLED AT \S+(?: DUE to SIGNAL \S+)? \*\*\*)"},
             .confidence = 0.4,
             .next = "Look at sacct -o State,ExitCode,Comment for who cancelled it, and at other "
                     "tasks for an earlier failure.",
             .fields = {"policy.run"},
             .why = "No reason is given, as after scancel; a step is also cancelled so when srun "
                    "ends.",
             .matches =
                 "slurmstepd: error: *** STEP 4711.0 ON n1 CANCELLED AT 2024-01-01T00:00:00 ***",
             .near_miss = "slurmstepd: error: *** STEP 4711.0 ON n1 CANCELLED AT "
                          "2024-01-01T00:00:00 DUE TO TIME LIMIT ***",
             .source = "SchedMD/slurm 284c3b9 src/slurmd/slurmstepd/req.c"},
            {.code = "WHY1712",
             .cls = Class::kPolicy,
             .role = Role::kRoot,
             .title = "Slurm's tasks and the launcher both start ranks",
             .cause = "The launch geometry is doubled: Slurm starts several tasks a node and each "
                      "starts or expects all ranks.",
             .all =
                 {R"((?:--ntasks-per-node does not match|ntasks-per-node.*(?:does not match|should (?:equal|match)|must (?:equal|match))|You set `?devices?=\d+.* in Lightning, but the number of tasks per node configured in SLURM|You set `?--ntasks=\d+`? in your SLURM bash script, but))"},
             .confidence = 0.7,
             .next = "Either one task a node with torchrun inside, or one task a GPU without it.",
             .fields = {"host.machine.gpus_per_node", "policy.layout.world_size"},
             .why = "srun and torchrun both multiply processes.",
             .matches = "ValueError: You set `devices=8` in Lightning, but the number of tasks per "
                        "node configured in SLURM `--ntasks-per-node=1` does not match.",
             .near_miss = "#SBATCH --ntasks-per-node=8",
             .source = "Lightning-AI/pytorch-lightning "
                       "src/lightning/fabric/plugins/environments/slurm.py"},
            {.code = "WHY1713",
             .cls = Class::kHost,
             .role = Role::kRoot,
             .title = "The submission was rejected for now",
             .cause = "Slurm could not take or run the job now ({1}).",
             .all =
                 {R"((?:error: .*)(Required node not available \(down, drained or reserved\)|Requested nodes are busy|Required partition not available|Licenses currently unavailable|MaxJobCount limit reached|System submissions disabled|Partition in DOWN state|Requested partition configuration not available now))"},
             .confidence = 0.7,
             .next = "Look at sinfo -R; wait or choose other nodes.",
             .fields = {"host.machine.nodes"},
             .why = "The nodes exist and are down, drained, reserved or in use.",
             .matches = "sbatch: error: Batch job submission failed: Required node not available "
                        "(down, drained or reserved)",
             .near_miss = "sbatch: error: Batch job submission failed: Requested node "
                          "configuration is not available",
             .source = "SchedMD/slurm 284c3b9 src/common/slurm_errno.c:281-513, 634-646"},
            {.code = "WHY1714",
             .cls = Class::kPolicy,
             .role = Role::kSymptom,
             .title = "A submission or step was refused",
             .cause = "Slurm refused the request: {1}.",
             .all = {"(?:sbatch|salloc|srun): (?:error|fatal): ((?:Batch job submission "
                     "failed|Unable to allocate resources|Unable to create "
                     "step|.*slurm_job_submit|.*job_submit).*)"},
             .confidence = 0.55,
             .next = "Compare the request with the partition's and the account's limits (scontrol "
                     "show partition, sacctmgr show assoc); a site's submit plugin says more in "
                     "its own lines.",
             .fields = {"host.machine"},
             .why = "slurmctld or the site's submit plugin said no.",
             .matches = "sbatch: error: Batch job submission failed: Unspecified error",
             .near_miss = "sbatch: Submitted batch job 4711",
             .source = "SchedMD/slurm 284c3b9 src/sbatch/sbatch.c, src/srun/libsrun/allocate.c"},
            {.code = "WHY1715",
             .cls = Class::kHost,
             .role = Role::kRoot,
             .title = "The node lost the job's script",
             .cause = "The node could not run the job's script from its spool directory.",
             .all =
                 {R"((?:execve\S*: \S*slurm_script|Slurmd could not (?:create a batch directory|set up environment|execve)|error: (?:_step_setup|mkdir).*(?:spool|slurmd)|slurm_script: (?:No such file|Permission denied)))"},
             .confidence = 0.75,
             .next = "Let the administrators look at the node's spool directory (full, or not "
                     "mounted), and exclude the node.",
             .fields = {"host.machine.nodes"},
             .why = "slurmd copies the script into SlurmdSpoolDir on the first node.",
             .matches = "slurmstepd: error: execve(): /tmp/slurmd/job00089/slurm_script: No such "
                        "file or directory",
             .near_miss = "slurmstepd: error: execve(): /home/u/train.sh: Permission denied",
             .source = "SchedMD/slurm 284c3b9 src/slurmd/slurmstepd/slurmstepd_job.c, "
                       "src/common/slurm_errno.c:1077"},
};

}  // namespace

std::span<const Signature> SlurmSignatures() { return kSignatures; }

}  // namespace nam56r::launch::why
