namespace MailProxy.Proxy.Accept;

/// <summary>Whether connections of a listener begin with a PROXY header.</summary>
public enum ProxyHeaderMode
{
    /// <summary>Never: one would be taken for the protocol's own words.</summary>
    Off,

    /// <summary>Always, version 1 or 2: a listener where it could be left out would believe whoever sends one.</summary>
    Required,
}
