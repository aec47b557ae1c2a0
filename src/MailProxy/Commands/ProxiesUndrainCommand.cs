using System.CommandLine;
using MailProxy.Http.Admin;

namespace MailProxy.Commands;

/// <summary><c>mailproxy proxies undrain NODE</c>: its listeners open again, and it is ready again. 1: it did not answer, or cannot listen.</summary>
internal static class ProxiesUndrainCommand
{
    public static Command Create() => OneNodeCommand.Create<AdminNode>(
        "undrain", "Put a drained proxy back into service.", (client, at, stop) => client.UndrainAsync(at, stop),
        (name, told) => $"{name} {told.State}, {ProxiesCommand.Readiness(told)}.", _ => true);
}
