namespace MailProxy.Routing.Consul.Embedded.State;

/// <summary>Something that can change and be waited for.</summary>
internal readonly record struct Topic(TopicKind Kind, string Name);
