// Megatron-LM: what its parser, its validation, its checkpoints and its data sets refuse.
#include "src/launch/why/signatures/groups.h"

namespace nam56r::launch::why {
namespace {

constexpr Signature kSignatures[] =
    {
        {
            .code = "WHY3101",
            .cls = Class::kPolicy,
            .title = "A flag that the release does not have",
            .cause = "The program does not know the arguments {1}.",
            .all = {"error: unrecognized arguments: (.*)"},
            .confidence = 0.9,
            .next = "Write the flag as this release has it, or run the release that has the flag.",
            .fields = {"policy.run.backend"},
            .why = "argparse ends a program that is given a flag it did not define. The flag is of "
                   "another release, is misspelled, or was split by the shell. Every rank ends "
                   "with 2 at once; torchrun reports only that.",
            .matches = "pretrain_gpt.py: error: unrecognized arguments: --use-flash-attnn",
            .near_miss = "warning: arguments after -- are passed on",
            .source = "python/cpython v3.12 Lib/argparse.py:1898",
            .rule = "POLICY0901",
        },
        {
            .code = "WHY3102",
            .cls = Class::kPolicy,
            .title = "A value that is not among a flag's choices",
            .cause = "The flag {1} does not take {2}.",
            .all = {R"(error: argument (\S+): invalid choice: (\S+))"},
            .confidence = 0.9,
            .next = "Take one of the choices that the message lists.",
            .why = "argparse compares a value with the choices of its flag, letter by letter.",
            .matches = "pretrain_gpt.py: error: argument --transformer-impl: invalid choice: 'te' "
                       "(choose from 'local', 'transformer_engine')",
            .near_miss = "pretrain_gpt.py: error: argument --lr: expected one argument",
            .source = "python/cpython v3.12 Lib/argparse.py:2572",
            .rule = "POLICY0906",
        },
        {
            .code = "WHY3103",
            .cls = Class::kPolicy,
            .title = "A flag without its value",
            .cause = "The flag {1} stands without the values that it takes.",
            .all = {R"(error: argument (\S+): expected (one|at least one|\d+) arguments?)"},
            .confidence = 0.9,
            .next = "Give the value; look whether a shell variable was empty.",
            .why = "The usual cause is an empty variable in a launch script, so that the next flag "
                   "follows at once.",
            .matches = "pretrain_gpt.py: error: argument --num-layers: expected one argument",
            .near_miss = "error: argument --x: invalid choice: 3",
            .source = "python/cpython v3.12 Lib/argparse.py:2354",
            .rule = "POLICY0902",
        },
        {
            .code = "WHY3104",
            .cls = Class::kPolicy,
            .title = "A value that is not of its flag's type",
            .cause = "The flag {1} takes a {2}, not {3}.",
            .all = {R"(error: argument (\S+): invalid (\w+) value: (.*))"},
            .confidence = 0.9,
            .next = "Write the value as the type that the flag has.",
            .why = R"(argparse converts each value; "1e6" is no int.)",
            .matches = "pretrain_gpt.py: error: argument --train-iters: invalid int value: '1e6'",
            .near_miss = "error: argument --train-iters: expected one argument",
            .source = "python/cpython v3.12 Lib/argparse.py:2548",
            .rule = "POLICY0905",
        },
        {
            .code = "WHY3105",
            .cls = Class::kPolicy,
            .title = "Arguments that are missing",
            .cause = "The program needs the arguments {1}.",
            .all = {"error: the following arguments are required: (.*)"},
            .confidence = 0.85,
            .next = "Give them.",
            .why = "argparse refuses a line that lacks a required argument.",
            .matches = "run.py: error: the following arguments are required: --model",
            .near_miss = "the following arguments were given: --model",
            .source = "python/cpython v3.12 Lib/argparse.py:2194",
        },
        {
            .code = "WHY3106",
            .cls = Class::kPolicy,
            .title = "Ranks that TP * PP * CP does not divide",
            .cause = "{1} ranks cannot be laid out: the product of the parallel sizes does not "
                     "divide them.",
            .all = {R"(world.?size \(?(\d+)\)? (?:is|must be) (?:not )?divisible by)"},
            .confidence = 0.9,
            .next = "Choose TP, PP and CP so that their product divides the number of ranks, or "
                    "start another number of ranks.",
            .fields = {"policy.layout.tensor_parallel", "policy.layout.pipeline_parallel",
                       "policy.layout.context_parallel", "policy.layout.world_size"},
            .why = "Data parallelism is what is left of the ranks after the other axes; it must "
                   "come out whole.",
            .matches = "RuntimeError: world_size (6) is not divisible by 4",
            .near_miss = "global batch size (6) is not divisible by micro batch size",
            .source = "NVIDIA/Megatron-LM core_v0.19.0 megatron/core/parallel_state.py:650; "
                      "megatron/training/arguments.py",
            .rule = "POLICY1001",
        },
        {
            .code = "WHY3107",
            .cls = Class::kPolicy,
            .title = "Batches in broken micro-batches",
            .cause = "The global batch {1} is no multiple of micro-batch times data parallelism.",
            .all = {R"(global batch size \(?(\d+)\)?.* is not divisible by .*micro.?batch)"},
            .confidence = 0.92,
            .next =
                "Make the global batch a multiple of micro-batch size times data-parallel size.",
            .fields = {"policy.batch.global_batch_size", "policy.batch.micro_batch_size"},
            .why = "Every data-parallel rank takes the same number of whole micro-batches.",
            .matches = "AssertionError: global batch size (30) is not divisible by micro batch "
                       "size (4) times data parallel size (2)",
            .near_miss = "world size (6) is not divisible by tensor parallel size",
            .source =
                "NVIDIA/Megatron-LM core_v0.19.0 megatron/core/num_microbatches_calculator.py:315",
            .rule = "POLICY1105",
        },
        {
            .code = "WHY3108",
            .cls = Class::kPolicy,
            .title = "Layers that the stages do not divide",
            .cause = "The layers do not divide into the pipeline's stages.",
            .all = {"(?i)num(?:ber of)?[_ ]layers.*(?:should be|must be|not) (?:divisible|a "
                    "multiple).*(?:pipeline|stage|chunk)"},
            .confidence = 0.88,
            .next = "Choose a pipeline size that divides the layers, or tell uneven stages.",
            .fields = {"policy.layout.pipeline_parallel",
                       "policy.layout.virtual_pipeline_parallel"},
            .why = "Stages are cut at whole layers, and unless told otherwise all of one length.",
            .matches = "AssertionError: number of layers should be divisible by the pipeline "
                       "parallel size",
            .near_miss =
                "AssertionError: num_attention_heads must be divisible by tensor parallel size",
            .source =
                "NVIDIA/Megatron-LM core_v0.19.0 megatron/core/transformer/transformer_config.py; "
                "megatron/training/arguments.py",
            .rule = "POLICY1008",
        },
        {
            .code = "WHY3109",
            .cls = Class::kPolicy,
            .title = "Sizes that tensor parallelism does not divide",
            .cause = "Tensor parallelism does not divide what it shares: {1}.",
            .all =
                {R"((?i)((?:num[_ ]?(?:ber of )?(?:total )?(?:attention|query|kv|key.?value)?[_ ]?(?:heads|groups)|\d+|hidden_?size|ffn_hidden_size|vocab\w*).{0,60}(?:is not|must be|should be|isn.t) (?:evenly )?(?:divisible|a multiple)(?: by| of).{0,40}(?:tensor|\btp\b|tp_size|world_size).{0,40}))"},
            .confidence = 0.8,
            .next = "Choose a tensor-parallel size that divides heads, groups and widths.",
            .fields = {"policy.layout.tensor_parallel"},
            .why = "Each tensor-parallel rank holds whole heads and equal columns.",
            .matches = "ValueError: num_attention_heads (12) must be a multiple of "
                       "tensor_model_parallel_size (8).",
            .near_miss = "AssertionError: number of layers should be divisible by pipeline stages",
            .source =
                "NVIDIA/Megatron-LM core_v0.19.0 megatron/core/transformer/transformer_config.py; "
                "megatron/core/utils.py:99 (ensure_divisibility)",
            .rule = "PLAN1002",
        },
        {
            .code = "WHY3110",
            .cls = Class::kPolicy,
            .title = "A size that does not divide",
            .cause = "{1} is not divisible by {2}.",
            .all = {R"((?:AssertionError|assert|Error).*?:? ?(\d+) is not divisible by (\d+))"},
            .confidence = 0.72,
            .next = "Find the two sizes in the layout: heads, widths, experts or layers, and the "
                    "ranks that share them.",
            .fields = {"policy.layout.tensor_parallel", "policy.layout.expert_parallel"},
            .why = "Megatron-LM splits whole heads, columns and experts over ranks; "
                   "ensure_divisibility names the two numbers alone.",
            .matches = "AssertionError: 6 is not divisible by 4",
            .near_miss = "AssertionError: global batch size is not divisible",
            .source = "NVIDIA/Megatron-LM core_v0.19.0 megatron/core/utils.py:99",
        },
        {
            .code = "WHY3111",
            .cls = Class::kPolicy,
            .title = "Experts that EP does not divide",
            .cause = "The experts do not divide over the expert-parallel ranks.",
            .all =
                {R"((?i)(?:num_(?:moe_)?experts|number of experts|n_routed_experts|num_physical_experts|n_physical_experts|experts? \(?\d+\)?).{0,60}(?:not|must be|should be|to be) (?:evenly )?(?:divisible|a multiple))"},
            .confidence = 0.9,
            .next = "Choose an expert-parallel size that divides the number of experts.",
            .fields = {"policy.layout.expert_parallel", "recipe.moe.num_experts"},
            .why = "Each expert-parallel rank holds the same number of whole experts.",
            .matches = "AssertionError: Number of experts should be a multiple of expert model "
                       "parallel_size.",
            .near_miss = "AssertionError: num_attention_heads must be divisible by tp",
            .source = "NVIDIA/Megatron-LM core_v0.19.0 megatron/training/arguments.py; "
                      "vllm-project/vllm v0.8 model_executor/layers/fused_moe",
            .rule = "POLICY1005",
        },
        {
            .code = "WHY3112",
            .cls = Class::kPolicy,
            .title = "A refusal of validate_args",
            .cause = "The release refuses the arguments: {2}.",
            .all =
                {R"(in (?:validate_args|core_transformer_config_from_args|parse_args|__post_init__|validate_yaml)\b)",
                 "(?:AssertionError|ValueError|RuntimeError): (.+)"},
            .confidence = 0.8,
            .next = "Follow the message: it names the arguments that do not go together.",
            .window = 12,
            .why = "Megatron-LM refuses combinations of arguments before anything is built, and "
                   "when its configuration classes are made.",
            .matches = "  File \"/opt/megatron-lm/megatron/training/arguments.py\", line 300, in "
                       "validate_args\nAssertionError: cannot have zbh1 without stages",
            .near_miss = "  File \"a.py\", line 3, in forward\nAssertionError: no",
            .source = "NVIDIA/Megatron-LM core_v0.19.0 megatron/training/arguments.py; "
                      "megatron/core/transformer/transformer_config.py",
        },
        {
            .code = "WHY3113",
            .cls = Class::kPolicy,
            .title = "A checkpoint that was written with other sizes",
            .cause = "The checkpoint holds tensors of other shapes than the model that loads it.",
            .all =
                {R"((?:Global shape mismatch for loaded|size mismatch for (\S+?): copying a param with shape))"},
            .confidence = 0.8,
            .next = "Load it with the recipe it was trained with, or convert it; tensor and "
                    "pipeline sizes may differ only in distributed formats.",
            .fields = {"policy.checkpoint.load", "policy.checkpoint.format"},
            .why = "A checkpoint knows the shape of each tensor. Another width, vocabulary padding "
                   "or, in the format torch, another layout changes them.",
            .matches =
                "dist_checkpointing.core.CheckpointingException: Global shape mismatch for loaded "
                "(torch.Size([50304, 512])) and expected ((50432, 512)) tensor for key embedding",
            .near_miss = "shape mismatch in a data set",
            .source =
                "NVIDIA/Megatron-LM core_v0.19.0 megatron/core/dist_checkpointing/mapping.py; "
                "pytorch/pytorch v2.5 torch/nn/modules/module.py",
        },
        {
            .code = "WHY3114",
            .cls = Class::kPolicy,
            .title = "A checkpoint whose arguments differ",
            .cause = "The checkpoint says {1} where the arguments say otherwise.",
            .all =
                {R"((\S+) value from checkpoint \((.*)\) is not equal to the input argument value)"},
            .confidence = 0.92,
            .next = "Give the arguments of the checkpoint, or --use-checkpoint-args.",
            .fields = {"policy.checkpoint.load"},
            .why = "Megatron-LM compares the architecture that a checkpoint was written with.",
            .matches = "AssertionError: num_layers value from checkpoint (24) is not equal to the "
                       "input argument value (32).",
            .near_miss = "checkpoint version 3.0",
            .source = "NVIDIA/Megatron-LM core_v0.19.0 megatron/training/checkpointing.py:118 "
                      "(check_checkpoint_args)",
        },
        {
            .code = "WHY3115",
            .cls = Class::kPolicy,
            .title = "State that a checkpoint does not hold",
            .cause = "The checkpoint lacks what the model or optimizer expects: {1}.",
            .all =
                {R"(((?:Missing key\(s\) in state_dict|Unexpected key\(s\) in state_dict|Some keys are missing from the checkpoint|unable to load optimizer from checkpoint|Unable to load optimizer).*))"},
            .confidence = 0.65,
            .next = "Load without optimizer or random state if that is meant, or take the "
                    "checkpoint that the model has.",
            .fields = {"policy.checkpoint.load"},
            .why = "The names of tensors are those of the model that wrote them: another "
                   "implementation, another layout or another release has others.",
            .matches = "RuntimeError: Error(s) in loading state_dict for GPTModel:\n	Missing "
                       "key(s) in state_dict: \"decoder.layers.0.mlp.weight\"",
            .near_miss = "KeyError: 3",
            .source = "pytorch/pytorch v2.5 torch/nn/modules/module.py:2584; NVIDIA/Megatron-LM "
                      "core_v0.19.0 megatron/training/checkpointing.py",
        },
        {
            .code = "WHY3116",
            .cls = Class::kPolicy,
            .title = "No checkpoint where one is expected",
            .cause = "There is no checkpoint at {1}.",
            .all =
                {R"((?:could not find the metadata file|No checkpoint found in load directory|Checkpoint directory .* does not exist|is not a distributed checkpoint|Can.t find a valid checkpoint at) ?(\S*))"},
            .confidence = 0.7,
            .next = "Correct the directory, or train from the beginning.",
            .fields = {"policy.checkpoint.load"},
            .why = "What a run loads is named by its policy.",
            .matches =
                "FileNotFoundError: No checkpoint found in load directory or pretrained directory",
            .near_miss = "saving checkpoint at iteration 10",
            .source = "NVIDIA/Megatron-LM core_v0.19.0 megatron/training/checkpointing.py",
        },
        {
            .code = "WHY3117",
            .cls = Class::kPolicy,
            .title = "One hardware queue that is not set",
            .cause = "Tensor or context parallelism on this GPU needs "
                     "CUDA_DEVICE_MAX_CONNECTIONS=1, or not 1.",
            .all = {"CUDA_DEVICE_MAX_CONNECTIONS.* (?:to 1|> 1|not 1|must|should)"},
            .confidence = 0.9,
            .next = "Set CUDA_DEVICE_MAX_CONNECTIONS as the message says, before Python starts.",
            .fields = {"policy.environment"},
            .why = "The order in which kernels reach the GPU decides whether communication "
                   "overlaps; Megatron-LM refuses to run where it would not.",
            .matches = "RuntimeError: Using sequence parallelism requires setting the environment "
                       "variable CUDA_DEVICE_MAX_CONNECTIONS to 1",
            .near_miss = "CUDA_DEVICE_MAX_CONNECTIONS=1",
            .source = "NVIDIA/Megatron-LM core_v0.19.0 "
                      "megatron/core/tensor_parallel/layers.py:640; megatron/training/arguments.py",
            .rule = "POLICY2301",
        },
        {
            .code = "WHY3118",
            .cls = Class::kStack,
            .title = "A package that the arguments need is too old or not there",
            .cause = "The arguments need what is not installed: {1}.",
            .all =
                {R"(((?:Please (?:install|update|upgrade)|requires) (?:TE|Transformer ?Engine|transformer[-_]engine|nvidia-resiliency-ext|apex|DeepEP|emerging.optimizers|FlashInfer|mamba[-_]ssm|causal[-_]conv1d|grouped_gemm|flash[-_]attn|fla|flash-linear-attention|triton|torch)\b.*))"},
            .confidence = 0.8,
            .next = "Install the version that the message names, or turn off what needs it.",
            .fields = {"host.versions"},
            .why = "A feature of the release is in a library of some version; validation or the "
                   "module itself refuses without it.",
            .matches =
                "ImportError: fused permutation is not available. Please install TE >= 2.1.0.",
            .near_miss = "Please install the tokenizer of the model",
            .source =
                "NVIDIA/Megatron-LM core_v0.19.0 megatron/core/extensions/transformer_engine.py; "
                "megatron/core/transformer/moe",
        },
        {
            .code = "WHY3119",
            .cls = Class::kStack,
            .title = "A package that is not installed beside the model",
            .cause = "A package that the model needs is missing: {1}.",
            .all =
                {R"(((?:DeepEP|HybridEP|Apex|apex|MambaSSM|mamba_ssm|mamba-ssm|FLA|einops|flash[-_]attn|FlashAttention\d?|causal[-_]conv1d|nvidia_resiliency_ext|multistorageclient|grouped_gemm|Transformer ?Engine|transformer_engine|triton|deepspeed|bitsandbytes|xformers|flashinfer|vllm) (?:is|are) (?:not installed|not available|required|needed).*))"},
            .confidence = 0.82,
            .next = "Install it in the interpreter that runs the ranks.",
            .fields = {"host.versions"},
            .why = "The program looked for it and found nothing.",
            .matches = "ImportError: DeepEP is not installed. Please install DeepEP package from "
                       "https://github.com/deepseek-ai/deepep.",
            .near_miss = "apex is installed",
            .source =
                "NVIDIA/Megatron-LM core_v0.19.0 megatron/core/transformer/moe/token_dispatcher.py",
        },
        {
            .code = "WHY3120",
            .cls = Class::kPolicy,
            .title = "Gradient accumulation in a fused kernel that is not built",
            .cause = "The fused kernel for weight gradients is asked for, and the extension is not "
                     "there.",
            .all = {"gradient_accumulation_fusion set|fused_weight_gradient_mlp_cuda"},
            .confidence = 0.75,
            .next =
                "Build Apex with its CUDA extensions, or pass --no-gradient-accumulation-fusion.",
            .fields = {"policy.kernels.gradient_accumulation_fusion"},
            .why = "ColumnParallelLinear accumulates weight gradients in a kernel of Apex if the "
                   "policy says so.",
            .matches = "RuntimeError: ColumnParallelLinear was called with "
                       "gradient_accumulation_fusion set to True but the custom CUDA extension "
                       "fused_weight_gradient_mlp_cuda module is not found.",
            .near_miss = "gradient accumulation over 4 micro-batches",
            .source = "NVIDIA/Megatron-LM core_v0.19.0 megatron/core/tensor_parallel/layers.py:800",
        },
        {
            .code = "WHY3121",
            .cls = Class::kPolicy,
            .title = "Options that do not go together",
            .cause = "Options are combined that this release does not combine: {1}.",
            .all =
                {R"((?:AssertionError|ValueError|NotImplementedError|RuntimeError): (.{0,160}(?:is not supported with|not supported (?:with|when|together|for now)|(?:is|are) not compatible with|is incompatible with|incompatible with|cannot be (?:used|set|enabled|true|specified) (?:together|at the same time|simultaneously|both|with)|only supported (?:with|when|for|in)|only supports?|must be (?:set|used|enabled|specified) (?:when|with|together|if|for)|requires? (?:--|setting|that|moe_|use_|\w+ ?=)|can only be used (?:with|when)|does not (?:yet )?support).*))"},
            .none = {"CUDA error|NCCL error|cuDNN error"},
            .confidence = 0.68,
            .next = "Turn off one of the two that the message names.",
            .why = "Refusals of this form are about what was chosen, not about the machine.",
            .matches = "ValueError: use_megatron_fsdp and use_torch_fsdp2 at the same time is not "
                       "supported with this release",
            .near_miss = "RuntimeError: CUDA error: operation not supported on this OS",
            .source = "NVIDIA/Megatron-LM core_v0.19.0 "
                      "megatron/core/transformer/transformer_config.py (messages of __post_init__)",
        },
        {
            .code = "WHY3122",
            .cls = Class::kPolicy,
            .title = "Micro-batches that do not fill the interleaved pipeline",
            .cause = "The number of micro-batches does not fit the interleaved schedule.",
            .all = {"(?i)number of micro.?batches.*(?:not|must be|should be) (?:divisible|a "
                    "multiple|at "
                    "least)|(?:num_microbatches|num_micro_batches).*(?:pipeline|divisible)"},
            .confidence = 0.88,
            .next = "Choose batch sizes that give a multiple of the pipeline size micro-batches.",
            .fields = {"policy.batch.global_batch_size", "policy.layout.pipeline_parallel"},
            .why = "Interleaved stages take micro-batches in groups of the pipeline size.",
            .matches = "RuntimeError: number of microbatches (6) is not divisible by "
                       "pipeline-model-parallel-size (4) when using interleaved schedule",
            .near_miss = "the number of microbatches is 8",
            .source =
                "NVIDIA/Megatron-LM core_v0.19.0 megatron/core/pipeline_parallel/schedules.py",
            .rule = "POLICY1106",
        },
        {
            .code = "WHY3123",
            .cls = Class::kPolicy,
            .title = "A sequence that context or sequence parallelism does not divide",
            .cause = "The sequence does not divide over the ranks that share it.",
            .all =
                {R"((?i)(?:seq(?:uence)?[_ ]?len\w*|sequence|input(?:_tokens| tokens)?|tokens).{0,50}(?:divisible|multiple).{0,40}(?:context|sequence.parallel|\bcp\b|cp_size|\bsp\b|ulysses|tp_size|tensor))"},
            .confidence = 0.82,
            .next = "Choose a sequence length that 2 * CP, and TP with sequence parallelism, "
                    "divide; pad the batch.",
            .fields = {"policy.layout.context_parallel", "recipe.model.sequence_length"},
            .why = "Each rank holds equal pieces of the sequence.",
            .matches =
                "AssertionError: seq_length should be divisible by 2 * context parallel size",
            .near_miss = "sequence length is longer than 2048",
            .source = "NVIDIA/Megatron-LM core_v0.19.0 megatron/training/arguments.py; "
                      "megatron/core/utils.py (get_batch_on_this_cp_rank)",
            .rule = "PLAN1011",
        },
        {
            .code = "WHY3124",
            .cls = Class::kPolicy,
            .title = "No path, set or tokenizer on the command line",
            .cause = "The arguments lack something that is needed.",
            .all =
                {R"((?:AssertionError|ValueError|RuntimeError|assert).*?((?:vocab.?file|tokenizer[-_ ]model|merge.?file|tokenizer_type|--\S+) (?:is |must be )?(?:None|required|not (?:set|specified|provided|None)|is not None|must be (?:set|specified|provided)).*)|(assert args\.\w+ is not None))"},
            .confidence = 0.6,
            .next = "Give it.",
            .why = "A value that nobody gave, and that something needs.",
            .matches = "AssertionError: tokenizer_model must be specified",
            .near_miss = "tokenizer_model=gpt2",
            .source = "NVIDIA/Megatron-LM core_v0.19.0 megatron/training/arguments.py",
        },
        {
            .code = "WHY3125",
            .cls = Class::kPolicy,
            .title = "An attribute that the configuration does not lead to",
            .cause =
                "{2} does not have {1}: the options chosen reach code that they do not prepare.",
            .all =
                {R"(AttributeError: '((?:TransformerLayer|TransformerBlock|TransformerConfig|TEGroupedMLP|SequentialMLP|MoELayer|MLASelfAttention|SelfAttention|MambaLayer|MambaModel|HybridModel|GPTModel|ModelParallelConfig|MLATransformerConfig|CudaGraphManager|DistributedDataParallelConfig|DistributedOptimizer|Float16Module|MTPLossAutoScaler|MultiTokenPredictionBlock))' object has no attribute '(\w+)')"},
            .confidence = 0.6,
            .next =
                "Change the option that leads there; the release has a hole in this combination.",
            .why =
                "The attribute is set only under other options of the same module. Released code "
                "that works for its tested combinations fails so where nobody combined them.",
            .matches = "AttributeError: 'TransformerLayer' object has no attribute 'mlp_bda_hook'",
            .near_miss = "AttributeError: 'NoneType' object has no attribute 'shape'",
            .source =
                "NVIDIA/Megatron-LM core_v0.19.0 megatron/core/transformer/transformer_layer.py",
        },
        {
            .code = "WHY3126",
            .cls = Class::kStack,
            .title = "A name that another release has",
            .cause = "{1} is not in this release of Megatron-LM.",
            .all =
                {R"((?:ImportError: cannot import name '\w+' from '(?:megatron|transformer_engine|apex|mamba_ssm)[\w.]*'|ModuleNotFoundError: No module named '(?:megatron)[\w.]*'|TypeError: (?:\w+Config|validate_args|initialize_megatron|pretrain|core_transformer_config_from_args|get_\w+_spec\w*|GPTModel|MambaModel)(?:\.__init__)?\(\) got an unexpected keyword argument '\w+'))"},
            .confidence = 0.8,
            .next = "Take the release of Megatron-LM that the script is written for, or the script "
                    "of this release.",
            .fields = {"policy.run.backend", "host.versions.megatron"},
            .why = "A script or a package imports a name that another version has.",
            .matches = "ImportError: cannot import name 'print_rank_1' from "
                       "'megatron.training.utils' (/opt/megatron/utils.py)",
            .near_miss = "ImportError: cannot import name 'x' from 'mine'",
            .source = "NVIDIA/Megatron-LM core_v0.19.0 megatron",
        },
        {
            .code = "WHY3127",
            .cls = Class::kHost,
            .title = "Tensor-parallel ranks whose weights drifted apart",
            .cause = "Parameters differ between data-parallel replicas.",
            .all = {"Parameter hashes not matching across DP "
                    "replicas|RerunStateMachine.*(?:persistent|transient) error|Unexpected result "
                    ".* persistent"},
            .confidence = 0.6,
            .next = "Run the node test on the GPUs that are named: results that do not repeat come "
                    "from hardware.",
            .why = "Replicas compute the same sums; where they differ, a GPU computed wrongly, or "
                   "an update was skipped.",
            .matches = "AssertionError: Parameter hashes not matching across DP replicas",
            .near_miss = "hashes of parameters: 3",
            .source = "NVIDIA/Megatron-LM core_v0.19.0 megatron/training/training.py; "
                      "megatron/core/rerun_state_machine.py",
        },
        {
            .code = "WHY3128",
            .cls = Class::kPolicy,
            .title = "Helpers that are compiled by one rank",
            .cause = "The helpers of the data sets cannot be compiled or found.",
            .all =
                {R"((?:No module named .?megatron\.core\.datasets\.helpers_cpp|Making (?:C\+\+ )?dataset helpers module failed|ERROR:megatron.core.datasets.utils:Failed to make|helpers_cpp))"},
            .confidence = 0.55,
            .next = "Run make in megatron/core/datasets with the interpreter of the ranks, before "
                    "they start.",
            .why = "A small C++ module builds the indices of data sets; one rank compiles it at "
                   "start.",
            .matches = "ERROR:megatron.core.datasets.utils:Failed to make the C++ dataset helper "
                       "functions",
            .near_miss = "compiling dataset index builder ...",
            .source = "NVIDIA/Megatron-LM core_v0.19.0 megatron/core/datasets/utils.py:19",
        },
};

}  // namespace

std::span<const Signature> MegatronSignatures() { return kSignatures; }

}  // namespace nam56r::launch::why
