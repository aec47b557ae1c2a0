using System.CommandLine;
using MailProxy.Configuration;
using MailProxy.Nodes;

namespace MailProxy.Commands;

/// <summary><c>mailproxy proxy --config F</c>: one proxy node.</summary>
internal static class ProxyCommand
{
    public static Command Create()
    {
        var arguments = ConfigArguments.OfNode();
        var command = new Command("proxy", "Run one proxy node.");
        arguments.AddTo(command);
        command.SetAction((parsed, _) =>
        {
            var source = arguments.Source<ProxyConfig>(parsed);
            return NodeRunner.RunAsync(source.Load, (config, stop) => ProxyHost.StartAsync(config, source, stop));
        });
        return command;
    }
}
