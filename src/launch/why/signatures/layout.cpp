// Layouts and sizes that other launchers of the same stack refuse.
#include "src/launch/why/signatures/groups.h"

namespace nam56r::launch::why {
namespace {

constexpr Signature
    kSignatures
        [] =
            {
                {
                    .code = "WHY4101",
                    .cls = Class::kPolicy,
                    .title = "Heads that tensor parallelism does not divide",
                    .cause = "{1} heads do not divide over {2} tensor-parallel ranks.",
                    .all =
                        {R"([Tt]otal number of attention heads \((\d+)\) must be divisible by tensor parallel size \((\d+)\))"},
                    .confidence = 0.95,
                    .next = "Choose a tensor-parallel size that divides the heads.",
                    .fields = {"policy.layout.tensor_parallel"},
                    .why = "Each rank holds whole heads.",
                    .matches = "ValueError: Total number of attention heads (64) must be divisible "
                               "by tensor parallel size (3).",
                    .near_miss = "tensor parallel size 3",
                    .source = "vllm-project/vllm v0.8 vllm/config.py; sgl-project/sglang v0.4 "
                              "server_args.py; huggingface/accelerate v1.0",
                    .rule = "PLAN1002",
                },
                {
                    .code = "WHY4102",
                    .cls = Class::kPolicy,
                    .title = "More ranks than GPUs",
                    .cause = "More ranks are asked for than GPUs are there.",
                    .all =
                        {R"((?i)(?:(?:tensor parallel size|world.?size|nproc|tp_size|number of (?:processes|gpus)|pipeline).{0,60}(?:larger|greater|more|exceed\w*|bigger) than.{0,40}(?:available|visible|number of|GPUs)|invalid device ordinal|required number of GPUs|placement group .*cannot be (?:provided|scheduled)|(?:not enough|insufficient) (?:GPUs|GPU resources)|num_gpus .* exceeds))"},
                    .confidence = 0.82,
                    .next = "Ask for as many ranks a node as CUDA_VISIBLE_DEVICES shows GPUs.",
                    .fields = {"policy.layout.world_size", "host.machine.gpus_per_node"},
                    .why = "A rank takes the GPU of its local rank; there is none of that number.",
                    .matches = "RuntimeError: CUDA error: invalid device ordinal",
                    .near_miss = "tensor parallel size 2",
                    .source = "CUDA 12 driver_types.h (cudaErrorInvalidDevice); vllm-project/vllm "
                              "v0.8 vllm/config.py; sgl-project/sglang v0.4 server_args.py; "
                              "huggingface/accelerate v1.0",
                    .rule = "HOST2516",
                },
                {
                    .code = "WHY4103",
                    .cls = Class::kPolicy,
                    .title = "Batch sizes that do not multiply",
                    .cause = "The batch sizes do not multiply: {1}.",
                    .all =
                        {R"(((?:Check batch related parameters\. |train_batch_size is not equal to micro_batch_per_gpu).*))"},
                    .confidence = 0.95,
                    .next = "Set all three so that they multiply with the ranks.",
                    .fields = {"policy.batch.global_batch_size", "policy.batch.micro_batch_size"},
                    .why = "The global batch is micro-batch times accumulation times ranks.",
                    .matches = "AssertionError: Check batch related parameters. train_batch_size "
                               "is not equal to micro_batch_per_gpu * gradient_acc_step * "
                               "world_size 256 != 4 * 8 * 1",
                    .near_miss = "batch size 256",
                    .source = "deepspeedai/DeepSpeed v0.15 deepspeed/runtime/config.py",
                },
                {
                    .code = "WHY4104",
                    .cls = Class::kPolicy,
                    .title = "A quantity that must divide",
                    .cause = "{1} must be divisible by {2}.",
                    .all =
                        {R"(([\w .()=\[\]']{3,80}?) (?:(?:must|should|has to|needs to) be (?:evenly )?(?:divisible by|a multiple of)|(?:is|are) not (?:evenly )?(?:divisible by|a multiple of)) ([\w .()=*]+))"},
                    .confidence = 0.68,
                    .next = "Change one of the two so that it divides.",
                    .why = "Sizes that are shared over ranks or cut into blocks come out whole.",
                    .matches = "AssertionError: num_kv_heads=10 must be divisible by tp_size=4",
                    .near_miss = "divisible numbers",
                    .source = "vllm-project/vllm v0.8 vllm/config.py; sgl-project/sglang v0.4 "
                              "server_args.py; huggingface/accelerate v1.0",
                },
                {
                    .code = "WHY4105",
                    .cls = Class::kPolicy,
                    .title = "A sequence longer than the model takes",
                    .cause = "The sequence is longer than the model's positions: {1}.",
                    .all =
                        {R"(((?:User-specified max_model_len \(\d+\) is greater than the derived.*|.*longer than the (?:specified )?maximum (?:sequence length|context length).*|.*exceeds? (?:the )?(?:model's )?(?:maximum|max)[ _](?:context|sequence|model|position)\S*.*)))"},
                    .none =
                        {"Running this sequence through the model will result in indexing errors"},
                    .confidence = 0.55,
                    .next = "Shorten the sequence, or change the positions in the recipe.",
                    .fields = {"recipe.model.sequence_length"},
                    .why = "Positions end where the model was made to end.",
                    .matches = "ValueError: User-specified max_model_len (65536) is greater than "
                               "the derived max_model_len (max_position_embeddings=32768)",
                    .near_miss = "max_model_len 100",
                    .source = "vllm-project/vllm v0.8 vllm/config.py; sgl-project/sglang v0.4 "
                              "server_args.py; huggingface/accelerate v1.0",
                },
                {
                    .code = "WHY4106",
                    .cls = Class::kPolicy,
                    .title = "Launch without a rendezvous",
                    .cause = "The program was started without what a launcher sets: {1}.",
                    .all =
                        {R"((?:environment variable (\w+) expected, but not set|Error initializing torch\.distributed using env:// rendezvous|KeyError: '(?:RANK|LOCAL_RANK|WORLD_SIZE|MASTER_ADDR|MASTER_PORT)'))"},
                    .confidence = 0.9,
                    .next = "Start it through torchrun, srun or `nam56r launch`, which set RANK, "
                            "WORLD_SIZE, MASTER_ADDR and MASTER_PORT.",
                    .fields = {"policy.environment"},
                    .why =
                        "Each rank learns its number and its meeting place from the environment.",
                    .matches = "ValueError: Error initializing torch.distributed using env:// "
                               "rendezvous: environment variable RANK expected, but not set",
                    .near_miss = "RANK=3",
                    .source = "pytorch/pytorch v2.5 torch/distributed/rendezvous.py",
                },
                {
                    .code = "WHY4107",
                    .cls = Class::kPolicy,
                    .title = "Ranks that the sizes do not multiply to",
                    .cause = "The number of processes is not what tensor and pipeline parallelism "
                             "multiply to.",
                    .all =
                        {R"(mpiSize == tp \* pp|world_size (?:!=|is not equal to|must equal|should be equal to|does not match) .*(?:tp|tensor|pp|pipeline|nnodes|dp)|(?i)(?:tp|tensor).{0,20}(?:\*|x) ?(?:pp|pipeline|dp).{0,40}(?:world.?size|number of (?:processes|ranks|gpus)))"},
                    .confidence = 0.85,
                    .next = "Start as many processes as the sizes multiply to.",
                    .fields = {"policy.layout.world_size", "policy.layout.tensor_parallel",
                               "policy.layout.pipeline_parallel"},
                    .why = "Every rank has one place in the layout, and every place one rank.",
                    .matches = "RuntimeError: [TensorRT-LLM][ERROR] Assertion failed: mpiSize == "
                               "tp * pp (/src/tensorrt_llm/runtime/worldConfig.cpp:89)",
                    .near_miss = "world size 4",
                    .source = "NVIDIA/TensorRT-LLM v0.12 cpp/tensorrt_llm/runtime/worldConfig.cpp",
                    .rule = "POLICY1001",
                },
                {
                    .code = "WHY4108",
                    .cls = Class::kPolicy,
                    .title = "A quantized block that tensor parallelism cuts",
                    .cause = "A shard of a weight is no whole number of quantization blocks: {1}.",
                    .all =
                        {R"(((?:[Ww]eight )?(?:output|input)_(?:partition_)?size\S* .*is not divisible by weight quantization block_\w = \d+|size_[nk] = \d+ is not divisible by tile_[nk]_size = \d+|.*[Tt]he output_size of gate.s and up.s weight = \d+ is not divisible.*|.*input_size_per_partition = \d+ is not divisible by min_thread_k = \d+.*|.*not divisible by.*(?:group_size|min_thread_n|block size).*))"},
                    .confidence = 0.88,
                    .next = "Use a smaller tensor-parallel size, or expert parallelism for the "
                            "experts.",
                    .fields = {"policy.layout.tensor_parallel", "policy.layout.expert_parallel"},
                    .why = "Block-quantized weights can be cut between blocks only.",
                    .matches = "ValueError: Weight output_partition_size = 576 is not divisible by "
                               "weight quantization block_n = 128.",
                    .near_miss = "block_n = 128",
                    .source =
                        "sgl-project/sglang v0.4 python/sglang/srt/layers/quantization/fp8.py; "
                        "vllm-project/vllm v0.8 model_executor/layers/quantization",
                },
                {
                    .code = "WHY4109",
                    .cls = Class::kPolicy,
                    .title = "A model name or path that is none",
                    .cause = "The name of the model or file is not one: {1}.",
                    .all =
                        {R"(((?:\S*HFValidationError: .*|OSError: \S+ (?:is not a local folder and is not a valid model identifier|does not appear to have a file named).*|Repo id must (?:be in the form|use alphanumeric).*|RepositoryNotFoundError.*|.*is not the path to a directory containing a file named config\.json.*)))"},
                    .confidence = 0.72,
                    .next = "Correct the name, or give the directory as this node sees it; log in "
                            "where the model is gated.",
                    .fields = {"host.paths"},
                    .why = "A path that does not exist is taken for a name on the hub.",
                    .matches = "huggingface_hub.utils._validators.HFValidationError: Repo id must "
                               "be in the form 'repo_name' or 'namespace/repo_name'",
                    .near_miss = "repo name",
                    .source = "huggingface/huggingface_hub v0.26 "
                              "src/huggingface_hub/utils/_validators.py",
                },
                {
                    .code = "WHY4110",
                    .cls = Class::kPolicy,
                    .title = "An assertion that something divides",
                    .cause = "An assertion that sizes divide failed: {1}.",
                    .all =
                        {R"((assert .*(?:world_size|tp_size|ep_size|pp_size|cp_size|sp_size|tensor_model_parallel|tensor_parallel|num_heads|heads|experts|batch_size|seq\w*|layers).* % .*== 0.*|assert .* % .*(?:world_size|tp_size|ep_size|pp_size|cp_size|sp_size|parallel\w*|num_\w+).*== 0.*))"},
                    .confidence = 0.7,
                    .next = "Change the layout so that it divides.",
                    .fields = {"policy.layout.tensor_parallel", "policy.layout.expert_parallel"},
                    .why = "The source line of the assertion stands in the traceback.",
                    .matches = "    assert num_heads % tp_size == 0\nAssertionError",
                    .near_miss = "assert x == 0",
                    .source = "any program of the stack",
                },
};

}  // namespace

std::span<const Signature> LayoutSignatures() { return kSignatures; }

}  // namespace nam56r::launch::why
