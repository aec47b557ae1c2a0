using System.CommandLine;
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
        portBase.Validators.Add(result => Require(result, result.GetValueOrDefault<int>() is >= 0 and <= 55000, "--port-base takes a number from 0 to 55000."));
        stores.Validators.Add(result => Require(result, result.GetValueOrDefault<int>() is >= 1 and <= 9, "--stores takes a number from 1 to 9."));
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

    private static void Require(System.CommandLine.Parsing.OptionResult result, bool isValid, string text)
    {
        if (!isValid)
        {
            result.AddError(text);
        }
    }
}
