using MailProxy.Proxy.Sessions;
using Xunit;

namespace MailProxy.Proxy.Tests.Sessions;

public sealed class PhaseTimesTests
{
    [Fact]
    public void There_is_room_for_every_phase() => Assert.Equal(PhaseTimes.Count, SessionPhases.All.Length);
}
