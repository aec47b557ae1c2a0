using System.DirectoryServices.Protocols;

namespace MailProxy.Directory.Ldap;

/// <summary>The servers in their order: the first that is not put aside is asked, and if it fails the next, while time is left.</summary>
internal sealed class LdapServers(IReadOnlyList<LdapServer> servers)
{
    /// <summary>All servers.</summary>
    public IReadOnlyList<LdapServer> All => servers;

    /// <summary>What each server that is put aside suffers from; null when none is.</summary>
    public string? Problems
    {
        get
        {
            var told = servers.Where(server => server.Problem is not null).Select(server => $"{server.Address}: {server.Problem}").ToList();
            return told.Count == 0 ? null : string.Join("; ", told);
        }
    }

    /// <summary>True when nobody is left to ask.</summary>
    public bool AreAllAside => servers.All(server => server.Problem is not null);

    /// <summary>Asks until one answers.</summary>
    /// <param name="asUser">See <see cref="LdapServer.Ask"/>.</param>
    /// <param name="deadline">For all of them.</param>
    /// <param name="question">Put to one server, and once more to the next if it fails.</param>
    /// <exception cref="LdapFaultException">Nobody did; its text names each server and what it said.</exception>
    public T Ask<T>(bool asUser, Deadline deadline, Func<LdapConnection, T> question)
    {
        var told = new List<string>();
        foreach (var server in servers)
        {
            if (server.Problem is { } problem)
            {
                told.Add($"{server.Address}: put aside, {problem}");
                continue;
            }

            if (deadline.Remaining <= TimeSpan.Zero)
            {
                told.Add($"{server.Address}: no time left to ask it");
                continue;
            }

            try
            {
                return server.Ask(asUser, deadline, question);
            }
            catch (LdapFaultException fault)
            {
                told.Add($"{server.Address}: {fault.Message}");
            }
        }

        throw new LdapFaultException(LdapFault.Unreachable, string.Join("; ", told));
    }
}
