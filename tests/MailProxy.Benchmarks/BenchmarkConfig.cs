using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Exporters;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Perfolizer.Horology;

namespace MailProxy.Benchmarks;

/// <summary>How every benchmark here is run: in a minute or two, to tell a factor of two and every allocation, not the last per cent.</summary>
internal sealed class BenchmarkConfig : ManualConfig
{
    private static readonly TimeInterval OneIteration = TimeInterval.FromMilliseconds(200);

    public BenchmarkConfig()
    {
        // In this process: the usual way writes and builds a project for each job below bin/, where it meets our lock files, our
        // warnings as errors, and minutes of restore.
        AddJob(Job.Default
            .WithToolchain(InProcessEmitToolchain.Instance)
            .WithWarmupCount(3)
            .WithIterationCount(8)
            .WithIterationTime(OneIteration));
        AddDiagnoser(MemoryDiagnoser.Default);
        AddColumnProvider(DefaultColumnProviders.Instance);
        HideColumns(Column.Error, Column.Gen0, Column.Gen1, Column.Gen2);
        AddLogger(ConsoleLogger.Default);
        AddExporter(MarkdownExporter.GitHub);
        AddValidator([.. DefaultConfig.Instance.GetValidators()]);
    }
}
