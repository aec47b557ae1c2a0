using System.CommandLine;
using System.Runtime.InteropServices;
using MailProxy.Configuration;
using MailProxy.Moving.Many;
using MailProxy.Routing;
using MailProxy.Routing.Consul;
using MailProxy.Routing.Moves;
using MailProxy.Transport.Tls;

namespace MailProxy.Commands;

/// <summary>
/// Runs a command that moves many users. The first Ctrl-C lets the moves that are under way end and begins no more; the second leaves them where they
/// are, for the next run; the third ends the process as it is.
/// </summary>
internal static class ManyRunner
{
    /// <summary>The exit code.</summary>
    public static async Task<int> RunAsync(
        ManyArguments arguments, ParseResult parsed, Func<ManyContext, ManyRequest, ManyReport, CancellationToken, CancellationToken, Task<int>> run)
    {
        var report = new ManyReport(Console.Out, arguments.IsJson(parsed), TimeProvider.System);
        using var enough = new CancellationTokenSource();
        using var stop = new CancellationTokenSource();
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal);
        try
        {
            var file = arguments.File(parsed);
            var config = ConfigurationLoader.Load<ProxyConfig>(file, arguments.Overrides(parsed));
            if (config.Routing.Mode != RoutingMode.Consul)
            {
                report.Problem($"{file}: Routing:Mode is static, so nobody can be moved: routes come from Consul.");
                return 1;
            }

            await using var context = new ManyContext(config, TimeProvider.System);
            return await run(context, arguments.Request(parsed), report, enough.Token, stop.Token);
        }
        catch (Exception exception) when (exception is InvalidConfigurationException or CertificateFileException or ConsulException or MoveException)
        {
            report.Problem(exception.Message);
            return 1;
        }
        catch (OperationCanceledException)
        {
            report.Problem(stop.IsCancellationRequested
                ? "Broken off. Moves that were under way stand where they were, and a user may be on hold: repeat the command with --resume soon."
                : "The session that holds the plan in Consul is lost. Repeat the command with --resume.");
            return 1;
        }

        void OnSignal(PosixSignalContext context)
        {
            if (stop.IsCancellationRequested)
            {
                return;
            }

            context.Cancel = true;
            if (enough.IsCancellationRequested)
            {
                stop.Cancel();
                return;
            }

            report.Say("Interrupted: the moves that are under way end first. Once more leaves them where they are.");
            enough.Cancel();
        }
    }
}
