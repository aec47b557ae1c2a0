using System.Diagnostics;

namespace MailProxy.EndToEnd.Tests.Rig;

/// <summary>The real executable as a process of its own.</summary>
internal sealed class MailProxyProcess : WatchedProcess
{
    private MailProxyProcess(ProcessStartInfo start)
        : base(start)
    {
    }

    /// <summary>Starts <c>mailproxy ARGUMENTS</c>.</summary>
    public static MailProxyProcess Start(params string[] arguments) => StartWithin([], arguments);

    /// <summary>The same by a program that sets limits and then becomes it.</summary>
    public static MailProxyProcess StartWithin(IReadOnlyList<string> limiter, params string[] arguments)
    {
        string[] command = [.. limiter, "dotnet", Path.Combine(AppContext.BaseDirectory, "mailproxy.dll"), .. arguments];
        var start = new ProcessStartInfo(command[0], command[1..]);

        // What is set for the tests' own sake must not reach the product.
        start.Environment.Remove("CONSUL_HTTP_ADDR");

        // A rehearsal takes seconds of both processors; RehearsalTests ask for theirs by --set.
        if (arguments is ["proxy", ..])
        {
            start.Environment["MAILPROXY__Rehearsal"] = "00:00:00";
        }
        return new MailProxyProcess(start);
    }
}
