namespace MailProxy.Configuration;

/// <summary>Who this node is.</summary>
public sealed class NodeOptions
{
    /// <summary>Unique in the cluster, e.g. <c>proxy-1</c>: the Consul service id; for a store it is the store id that routes name.</summary>
    public string Name { get; set; } = "";

    /// <summary>Fully qualified host name, for greetings and trace headers.</summary>
    public string HostName { get; set; } = "";

    /// <summary>Address under which other nodes reach this one; empty: <see cref="HostName"/>.</summary>
    public string Address { get; set; } = "";

    /// <summary>Every error, as <c>path: what to do</c>.</summary>
    public IEnumerable<string> Validate(string path)
    {
        if (Name.Length is 0 or > 63 || !Name.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.'))
        {
            yield return $"{path}:Name: give this node a name of letters, digits, '-', '_' and '.', unique in the cluster.";
        }

        if (Uri.CheckHostName(HostName) == UriHostNameType.Unknown)
        {
            yield return $"{path}:HostName: '{HostName}' is not a host name, like mail.example.org.";
        }

        if (Address.Length > 0 && Uri.CheckHostName(Address) == UriHostNameType.Unknown)
        {
            yield return $"{path}:Address: '{Address}' is neither a host name nor an IP address.";
        }
    }
}
