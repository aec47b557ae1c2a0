namespace MailProxy.Routing.Decisions;

/// <summary>Which rule decided, in order of precedence.</summary>
public enum RouteReason
{
    /// <summary>None did.</summary>
    None,

    /// <summary><c>mailproxy/users/&lt;user&gt;</c>.</summary>
    Pin,

    /// <summary>The directory's home attribute.</summary>
    DirectoryHome,

    /// <summary><c>mailproxy/domains/&lt;domain&gt;</c>.</summary>
    Domain,

    /// <summary><c>mailproxy/slots</c>.</summary>
    Slot,

    /// <summary>A fixed list in the configuration.</summary>
    Static,
}
