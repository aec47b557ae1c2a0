using System.CommandLine;
using System.Net;
using System.Text.Json;
using MailProxy.Configuration;
using MailProxy.Directory;
using Microsoft.Extensions.Logging.Abstractions;

namespace MailProxy.Commands;

/// <summary>
/// <c>mailproxy user test USER --config F</c>: looks the address up, asks for the password, walks the directory as a login would and tells every step
/// and the verdict. It asks the directory itself, from this machine, and no cache.
/// </summary>
internal static class UserTestCommand
{
    // Longer than any provider's own limits; without an end an operator would wait for a server that never answers.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    public static Command Create()
    {
        var arguments = ConfigArguments.OfOperator();
        var user = new Argument<string>("USER") { Description = "The name as the user types it." };
        var protocol = new Option<string>("--protocol") { Description = "As if logging in by this protocol.", DefaultValueFactory = _ => "imap" };
        protocol.AcceptOnlyFromAmong("imap", "pop3", "submission", "sieve", "http");
        var client = new Option<string?>("--client") { Description = "As if coming from this address." };
        var mechanism = new Option<string>("--mechanism") { Description = "As if by this mechanism; OAUTHBEARER and XOAUTH2 ask for a token.", DefaultValueFactory = _ => "PLAIN" };
        mechanism.AcceptOnlyFromAmong("PLAIN", "OAUTHBEARER", "XOAUTH2");
        var json = new Option<bool>("--json") { Description = "One JSON object instead of text." };
        var command = new Command("test", "Walk the directory as a login of this user would. Asks for the password or token (or reads a line of standard input).") { user, protocol, client, mechanism, json };
        arguments.AddTo(command);
        command.SetAction((parsed, stop) => TestAsync(
            arguments.File(parsed), arguments.Overrides(parsed), parsed.GetRequiredValue(user), parsed.GetRequiredValue(protocol), parsed.GetValue(client), parsed.GetRequiredValue(mechanism), parsed.GetValue(json),
            stop));
        return command;
    }

    private static async Task<int> TestAsync(
        string file, IReadOnlyList<string> overrides, string user, string protocol, string? client, string mechanism, bool isJson, CancellationToken stop)
    {
        if (client is not null && !IPAddress.TryParse(client, out _))
        {
            await Console.Error.WriteLineAsync($"--client: '{client}' is no address.");
            return 2;
        }

        ProxyConfig config;
        try
        {
            config = ConfigurationLoader.Load<ProxyConfig>(file, overrides);
        }
        catch (InvalidConfigurationException exception)
        {
            await Console.Error.WriteLineAsync(exception.Message);
            return 1;
        }

        var secretName = mechanism == "PLAIN" ? "password" : "token";
        if (PasswordPrompt.Read($"The {secretName} of {user}: ") is not { } octets)
        {
            await Console.Error.WriteLineAsync($"No {secretName} was given.");
            return 2;
        }

        using var password = new Secret(octets);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(stop);
        patience.CancelAfter(Patience);
        await using var directory = UserDirectoryFactory.Create(config.Directory, NullLoggerFactory.Instance, TimeProvider.System);
        var report = new UserTestReport(user, isJson ? null : Console.Out);
        try
        {
            await directory.StartAsync(patience.Token);
            if (directory.Unreadiness is { } unready)
            {
                report.Step($"the directory is not ready: {unready}");
            }

            report.LookedUp(await directory.LookUpAsync(user, patience.Token));
            var from = client is null ? null : new IPEndPoint(IPAddress.Parse(client), 0);
            var request = new AuthenticationRequest(user, "", password, mechanism, protocol, from, IsEncrypted: true) { Trace = report.Step };
            report.Judged(await directory.AuthenticateAsync(request, patience.Token));
        }
        catch (OperationCanceledException)
        {
            await Console.Error.WriteLineAsync(stop.IsCancellationRequested ? "Interrupted." : $"The directory gave no answer within {Patience.TotalMinutes:0} min.");
            return 1;
        }

        if (isJson)
        {
            Console.WriteLine(JsonSerializer.Serialize(report.ToJson(), UserTestReport.JsonSettings));
        }

        return report.IsAuthenticated ? 0 : 1;
    }
}
