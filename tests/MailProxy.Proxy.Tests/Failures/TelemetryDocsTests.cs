using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;
using MailProxy.Proxy.Failures;
using MailProxy.Proxy.Sessions;
using MailProxy.Routing.Health;
using MailProxy.Transport.Linux;
using MailProxy.Transport.Tls;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace MailProxy.Proxy.Tests.Failures;

/// <summary>docs/telemetry.md tells operators everything that the code can say.</summary>
public sealed class TelemetryDocsTests
{
    private static readonly string[] Lines = File.ReadAllLines(Path.Combine(FindRoot(), "docs", "telemetry.md"));

    public static TheoryData<ProxyFailure> Failures => [.. Enum.GetValues<ProxyFailure>()];

    public static TheoryData<SessionPhase> Phases => [.. Enum.GetValues<SessionPhase>()];

    [Theory]
    [MemberData(nameof(Failures))]
    public void Every_failure_is_listed_with_its_label_and_its_level(ProxyFailure failure)
    {
        var row = FailureTable.Of(failure);
        Assert.Contains(Lines, line => line.StartsWith($"| `{row.Metric}` | {failure} | ", StringComparison.Ordinal) && line.EndsWith($" | {row.Level} |", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Failures))]
    public void Every_failure_is_listed_with_what_clients_hear(ProxyFailure failure)
    {
        var row = FailureTable.Of(failure);
        Assert.Contains($"| {failure} | {Code(row.Imap)} | {Code(row.Pop3)} | {Code(row.SmtpAuth)} | {Code(row.SmtpRecipient)} | {row.Text} |", Lines);
    }

    [Theory]
    [MemberData(nameof(Phases))]
    public void Every_phase_is_named(SessionPhase phase) => Assert.Contains(Lines, line => line.Contains($"`{phase}`", StringComparison.Ordinal));

    [Fact]
    public void Every_instrument_is_listed_with_its_unit()
    {
        var found = new List<Instrument>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, _) =>
            {
                if (instrument.Meter.Name is SessionMetrics.MeterName or "MailProxy.Transport" or "MailProxy.Routing")
                {
                    lock (found)
                    {
                        found.Add(instrument);
                    }
                }
            },
        };
        listener.Start();
        using var metrics = new SessionMetrics(() => TimeSpan.Zero);
        using var health = new StoreHealthMonitor(new StoreHealthOptions(), NullLogger.Instance, TimeProvider.System, new Random(1));
        using var transport = LinuxSupport.Problem is null ? new LinuxTransport(reactors: 1) : null;

        // These are made at the first message with a milter, and the transport's at its first handshake.
        RuntimeHelpers.RunClassConstructor(typeof(MailProxy.Proxy.Milter.MilterMetrics).TypeHandle);
        RuntimeHelpers.RunClassConstructor(typeof(ServerTls).Assembly.GetType("MailProxy.Transport.Tls.TlsMetrics", throwOnError: true)!.TypeHandle);
        Instrument[] instruments;
        lock (found)
        {
            instruments = [.. found];
        }

        Assert.True(instruments.Length >= (transport is null ? 13 : 19));
        Assert.All(
            instruments,
            instrument => Assert.Contains(
                Lines,
                line => line.StartsWith($"| `{instrument.Name}` | ", StringComparison.Ordinal) && line.Contains($", `{instrument.Unit}` |", StringComparison.Ordinal)));
    }

    private static string Code(string text) => text.Length == 0 ? "-" : $"`{text}`";

    private static string FindRoot()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "MailProxy.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException($"MailProxy.sln is in no folder above {AppContext.BaseDirectory}: run the tests from a checkout");
    }
}
