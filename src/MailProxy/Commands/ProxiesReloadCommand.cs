using System.CommandLine;
using MailProxy.Http.Admin;

namespace MailProxy.Commands;

/// <summary><c>mailproxy proxies reload NODE</c>: reads the node's configuration again, as SIGHUP does. 1: it is bad, and nothing was changed.</summary>
internal static class ProxiesReloadCommand
{
    public static Command Create() => OneNodeCommand.Create<AdminReload>(
        "reload", "Make a proxy read its configuration and certificates again; no session ends.", (client, at, stop) => client.ReloadAsync(at, stop), Text,
        told => told.Errors.Count + told.Problems.Count == 0);

    private static string Text(string name, AdminReload told)
    {
        if (told.Errors.Count > 0)
        {
            return $"{name} changed nothing, because its configuration is bad:\n  {string.Join("\n  ", told.Errors)}";
        }

        var lines = new List<string> { told.Applied.Count == 0 ? $"{name} read its files again; no setting has changed that can be applied." : $"{name} applied: {string.Join(", ", told.Applied)}." };
        if (told.NeedRestart.Count > 0)
        {
            lines.Add($"Changed too, and in force after a restart only: {string.Join(", ", told.NeedRestart)}.");
        }

        lines.AddRange(told.Problems.Select(problem => $"Not done: {problem}"));
        return string.Join('\n', lines);
    }
}
