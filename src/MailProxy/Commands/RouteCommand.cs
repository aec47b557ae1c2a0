using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using MailProxy.Configuration;
using MailProxy.Directory;
using MailProxy.Proxy;
using MailProxy.Proxy.Route;
using MailProxy.Routing;
using MailProxy.Routing.Static;
using Microsoft.Extensions.Logging.Abstractions;

namespace MailProxy.Commands;

/// <summary>
/// <c>mailproxy route USER --config F</c>: asks the directory and Consul as a proxy does and tells where the user would be sent, every rule that was looked
/// at, and how that store would be reached. 0: a login would be served; 1: it would not, or nobody could be asked.
/// </summary>
internal static class RouteCommand
{
    // Consul without a leader answers after 7 s; then its answer is an error that should be seen.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private static readonly JsonSerializerOptions JsonSettings = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        Converters = { new JsonStringEnumConverter() },

        // Names of users are text; what would be dangerous in a web page is not here.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static Command Create()
    {
        var arguments = ConfigArguments.OfOperator();
        var user = new Argument<string>("USER") { Description = "A user's name or any address: an alias is told for each user it stands for." };
        var protocol = new Option<MailProtocol>("--protocol") { Description = "As a client of this protocol.", DefaultValueFactory = _ => MailProtocol.Imap };
        var json = new Option<bool>("--json") { Description = "JSON instead of text." };
        var command = new Command("route", "Tell where a user is routed, and why.") { user, protocol, json };
        arguments.AddTo(command);
        command.SetAction((parsed, stop) => RouteAsync(
            arguments.File(parsed), arguments.Overrides(parsed), parsed.GetRequiredValue(user), parsed.GetRequiredValue(protocol), parsed.GetValue(json), stop));
        return command;
    }

    private static async Task<int> RouteAsync(string file, IReadOnlyList<string> overrides, string name, MailProtocol protocol, bool isJson, CancellationToken stop)
    {
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

        using var patience = CancellationTokenSource.CreateLinkedTokenSource(stop);
        patience.CancelAfter(Patience);
        await using var directory = UserDirectoryFactory.Create(config.Directory, NullLoggerFactory.Instance, TimeProvider.System);
        await using IRoutingSource routing =
            config.Routing.Mode == RoutingMode.Static ? new StaticRouting(config.Routing) : new RoutingService(config.Consul, NullLoggerFactory.Instance, TimeProvider.System);
        try
        {
            routing.Start();
            await directory.StartAsync(patience.Token);
            var found = await directory.LookUpAsync(name, patience.Token);
            if (found.Outcome != LookupOutcome.Found)
            {
                await Console.Error.WriteLineAsync(found.Outcome switch
                {
                    LookupOutcome.TemporarilyUnavailable => $"The directory cannot say: {found.Detail}",
                    LookupOutcome.NotOurDomain => $"'{name}' is of no domain of ours.",
                    _ => $"Nobody has the name or address '{name}'.",
                });
                return 1;
            }

            await routing.ReadyAsync(patience.Token);
            RouteReport[] reports = [.. found.Users.Select(user => RouteInspection.Inspect(routing.Router, config.Stores, user, protocol))];
            Console.WriteLine(isJson ? JsonSerializer.Serialize(reports, JsonSettings) : string.Join("\n\n", reports.Select(Text)));
            return Array.TrueForAll(reports, report => report.Problem is null) ? 0 : 1;
        }
        catch (OperationCanceledException)
        {
            await Console.Error.WriteLineAsync(stop.IsCancellationRequested ? "Interrupted." : $"No answer within {Patience.TotalSeconds:0} s: {routing.Detail}; directory: {directory.Unreadiness ?? "ready"}");
            return 1;
        }
    }

    private static string Text(RouteReport report) => string.Join('\n', [
        $"{report.User} by {report.Protocol}: {report.Store ?? "no store"}{(report.Problem is { } problem ? $". {problem}" : "")}",
        .. report.Rules.Select(rule => $"  {(rule.Decides ? "->" : "  ")} {rule.Rule,-13} {rule.Key}: {rule.Says}"),
        .. report.State is null ? Array.Empty<string>() : [$"  store  {report.Store}: {report.State}"],
        .. report.Addresses.Count < 2 ? Array.Empty<string>() : report.Addresses.Select((address, index) =>
            $"  {(index == 0 ? "addrs" : "     ")}  {address.Address}, weight {address.Weight}{(address.IsOut ? ", out" : "")}{(address.Detail.Length > 0 ? $" ({address.Detail})" : "")}"),
        .. report.Dial is null ? Array.Empty<string>() : [$"  dial   {report.Dial}, TLS {report.Tls}", $"  login  {report.Login}"],
    ]);
}
