using System.CommandLine;
using MailProxy.Configuration;
using MailProxy.Nodes;

namespace MailProxy.Commands;

/// <summary><c>mailproxy store --config F</c>: one reference store node.</summary>
internal static class StoreCommand
{
    public static Command Create()
    {
        var arguments = ConfigArguments.OfNode();
        var command = new Command("store", "Run one reference store node.");
        arguments.AddTo(command);
        command.SetAction((parsed, _) =>
        {
            var source = arguments.Source<StoreConfig>(parsed);
            return NodeRunner.RunAsync(source.Load, (config, stop) => StoreHost.StartAsync(config, source, stop));
        });
        return command;
    }
}
