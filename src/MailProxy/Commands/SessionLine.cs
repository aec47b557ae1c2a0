using MailProxy.Http.Admin;

namespace MailProxy.Commands;

/// <summary>A session in the JSON of <c>mailproxy sessions</c>: what its node tells, and which node that is.</summary>
internal sealed record SessionLine(
    string Node, string Id, string Protocol, string Phase, double Seconds, string? Client, string? User, string? Store, string? Why, string Tls, long BytesIn, long BytesOut, int Messages,
    bool IsEnding)
{
    /// <summary>Of a node's answer.</summary>
    public static SessionLine Of(string node, AdminSession session) => new(
        node, session.Id, session.Protocol, session.Phase, session.Seconds, session.Client, session.User, session.Store, session.Why, session.Tls, session.BytesIn, session.BytesOut,
        session.Messages, session.IsEnding);
}
