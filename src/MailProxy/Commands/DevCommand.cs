using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using MailProxy.Dev;
using MailProxy.Nodes;

namespace MailProxy.Commands;

/// <summary><c>mailproxy dev</c>: a whole cluster in one process.</summary>
internal static class DevCommand
{
    public static Command Create()
    {
        var portBase = new Option<int>("--port-base")
        {
            Description = "Added to every standard port: 1000 makes IMAP 1143, HTTP 8080, Consul 8500.",
            DefaultValueFactory = _ => 1000,
        };
        var data = new Option<DirectoryInfo>("--data")
        {
            Description = "Where mail, users, keys and Consul's values stay between runs.",
            DefaultValueFactory = _ => new DirectoryInfo("mailproxy-dev"),
        };
        var stores = new Option<int>("--stores") { Description = "How many reference stores to run, 1 to 9.", DefaultValueFactory = _ => 2 };
        var log = new Option<string>("--log") { Description = "Log level: debug, information, warning.", DefaultValueFactory = _ => "information" };
        portBase.Validators.Add(result => RequireNumber(result, 0, 55_000));
        stores.Validators.Add(result => RequireNumber(result, 1, 9));
        log.AcceptOnlyFromAmong("debug", "information", "warning");
        var command = new Command("dev", "Run a whole cluster in one process: Consul-compatible agent, directory, stores, proxy. Loopback only.")
        {
            portBase, data, stores, log,
        };
        command.SetAction((parsed, _) => NodeRunner.RunAsync(
            () => new DevSettings(parsed.GetValue(portBase), parsed.GetRequiredValue(data).FullName, parsed.GetValue(stores), parsed.GetRequiredValue(log)),
            DevCluster.StartAsync));
        return command;
    }

    // A token that is no number has its own error already.
    private static void RequireNumber(OptionResult result, int least, int most)
    {
        if (result.Tokens is [var token] && int.TryParse(token.Value, NumberStyles.Integer, CultureInfo.InvariantCulture, out var number) && (number < least || number > most))
        {
            result.AddError($"{result.Option.Name} takes a number from {least} to {most}.");
        }
    }
}
