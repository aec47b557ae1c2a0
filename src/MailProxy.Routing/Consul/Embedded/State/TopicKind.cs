namespace MailProxy.Routing.Consul.Embedded.State;

/// <summary>Kinds of things that can be waited for.</summary>
internal enum TopicKind
{
    /// <summary>A key.</summary>
    Key,

    /// <summary>A service, by name.</summary>
    Service,

    /// <summary>A session, by id.</summary>
    Session,
}
