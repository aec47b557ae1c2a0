using System.CommandLine;

namespace MailProxy.Commands;

/// <summary>The root command. Exit codes: 0 done, 1 refused or failed, 2 usage.</summary>
internal static class MailProxyCommand
{
    /// <summary>Parses and runs.</summary>
    public static async Task<int> RunAsync(string[] args)
    {
        var root = new RootCommand("MailProxy: the proxy tier in front of mail store clusters.")
        {
            DevCommand.Create(),
            ProxyCommand.Create(),
            StoreCommand.Create(),
            CheckCommand.Create(),
            RouteCommand.Create(),
            UserCommand.Create(),
            SessionsCommand.Create(),
            ProxiesCommand.Create(),
            StoresCommand.Create(),
            SlotsCommand.Create(),
        };
        var parsed = root.Parse(args);

        // Signals are handled by the nodes themselves: a clean stop may take longer than a command line library would wait.
        var configuration = new InvocationConfiguration { ProcessTerminationTimeout = null };
        var exit = await parsed.InvokeAsync(configuration);
        return parsed.Errors.Count > 0 ? 2 : exit;
    }
}
