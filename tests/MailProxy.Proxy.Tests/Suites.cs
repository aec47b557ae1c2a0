using MailProxy.Proxy.Tests.Accept;
using MailProxy.Proxy.Tests.Connect;
using MailProxy.Proxy.Tests.Count;
using MailProxy.Proxy.Tests.Imap;
using MailProxy.Proxy.Tests.Milter;
using MailProxy.Proxy.Tests.Pop3;
using MailProxy.Proxy.Tests.Relay;
using MailProxy.Proxy.Tests.Rig;
using MailProxy.Proxy.Tests.Sessions;
using MailProxy.Proxy.Tests.Sieve;
using MailProxy.Proxy.Tests.Smtp;
using MailProxy.Proxy.Tests.StoreLogin;
using MailProxy.Proxy.Tests.Submission;

namespace MailProxy.Proxy.Tests;

public sealed class MemoryImapLoginTests() : ImapLoginSuite(RigTransport.Memory);

public sealed class PortableImapLoginTests() : ImapLoginSuite(RigTransport.Portable);

public sealed class LinuxImapLoginTests() : ImapLoginSuite(RigTransport.Linux);

public sealed class MemoryImapStoreLegTests() : ImapStoreLegSuite(RigTransport.Memory);

public sealed class PortableImapStoreLegTests() : ImapStoreLegSuite(RigTransport.Portable);

public sealed class LinuxImapStoreLegTests() : ImapStoreLegSuite(RigTransport.Linux);

public sealed class MemoryPop3LoginTests() : Pop3LoginSuite(RigTransport.Memory);

public sealed class PortablePop3LoginTests() : Pop3LoginSuite(RigTransport.Portable);

public sealed class LinuxPop3LoginTests() : Pop3LoginSuite(RigTransport.Linux);

public sealed class MemoryPop3StoreDialogueTests() : Pop3StoreDialogueSuite(RigTransport.Memory);

public sealed class PortablePop3StoreDialogueTests() : Pop3StoreDialogueSuite(RigTransport.Portable);

public sealed class LinuxPop3StoreDialogueTests() : Pop3StoreDialogueSuite(RigTransport.Linux);

public sealed class MemoryPop3PipeliningTests() : Pop3PipeliningSuite(RigTransport.Memory);

public sealed class PortablePop3PipeliningTests() : Pop3PipeliningSuite(RigTransport.Portable);

public sealed class LinuxPop3PipeliningTests() : Pop3PipeliningSuite(RigTransport.Linux);

public sealed class MemoryBearerDialogueTests() : BearerDialogueSuite(RigTransport.Memory);

public sealed class PortableBearerDialogueTests() : BearerDialogueSuite(RigTransport.Portable);

public sealed class LinuxBearerDialogueTests() : BearerDialogueSuite(RigTransport.Linux);

public sealed class MemoryStoreCredentialTests() : StoreCredentialSuite(RigTransport.Memory);

public sealed class PortableStoreCredentialTests() : StoreCredentialSuite(RigTransport.Portable);

public sealed class LinuxStoreCredentialTests() : StoreCredentialSuite(RigTransport.Linux);

public sealed class MemoryRelayTests() : RelaySuite(RigTransport.Memory);

public sealed class PortableRelayTests() : RelaySuite(RigTransport.Portable);

public sealed class LinuxRelayTests() : RelaySuite(RigTransport.Linux);

public sealed class MemoryRelayLinkTests() : RelayLinkSuite(RigTransport.Memory);

public sealed class PortableRelayLinkTests() : RelayLinkSuite(RigTransport.Portable);

public sealed class LinuxRelayLinkTests() : RelayLinkSuite(RigTransport.Linux);

public sealed class MemoryRelayFaultMatrixTests() : RelayFaultMatrixSuite(RigTransport.Memory);

public sealed class LinuxRelayFaultMatrixTests() : RelayFaultMatrixSuite(RigTransport.Linux);

public sealed class MemoryRelayGroupTests() : RelayGroupSuite(RigTransport.Memory);

public sealed class PortableRelayGroupTests() : RelayGroupSuite(RigTransport.Portable);

public sealed class LinuxRelayGroupTests() : RelayGroupSuite(RigTransport.Linux);

public sealed class MemoryRelayExtensionTests() : RelayExtensionSuite(RigTransport.Memory);

public sealed class LinuxRelayExtensionTests() : RelayExtensionSuite(RigTransport.Linux);

public sealed class MemoryRelayPaceTests() : RelayPaceSuite(RigTransport.Memory);

public sealed class MemoryRelayFaultTests() : RelayFaultSuite(RigTransport.Memory);

public sealed class PortableRelayFaultTests() : RelayFaultSuite(RigTransport.Portable);

public sealed class LinuxRelayFaultTests() : RelayFaultSuite(RigTransport.Linux);

public sealed class MemorySubmissionTests() : SubmissionSuite(RigTransport.Memory);

public sealed class PortableSubmissionTests() : SubmissionSuite(RigTransport.Portable);

public sealed class LinuxSubmissionTests() : SubmissionSuite(RigTransport.Linux);

public sealed class MemorySessionLifeTests() : SessionLifeSuite(RigTransport.Memory);

public sealed class PortableSessionLifeTests() : SessionLifeSuite(RigTransport.Portable);

public sealed class LinuxSessionLifeTests() : SessionLifeSuite(RigTransport.Linux);

public sealed class MemoryLimitTests() : LimitSuite(RigTransport.Memory);

public sealed class PortableLimitTests() : LimitSuite(RigTransport.Portable);

public sealed class LinuxLimitTests() : LimitSuite(RigTransport.Linux);

public sealed class MemoryDirectoryWordTests() : DirectoryWordSuite(RigTransport.Memory);

public sealed class PortableDirectoryWordTests() : DirectoryWordSuite(RigTransport.Portable);

public sealed class LinuxDirectoryWordTests() : DirectoryWordSuite(RigTransport.Linux);

public sealed class MemoryUserSessionsTests() : UserSessionsSuite(RigTransport.Memory);

public sealed class PortableUserSessionsTests() : UserSessionsSuite(RigTransport.Portable);

public sealed class LinuxUserSessionsTests() : UserSessionsSuite(RigTransport.Linux);

public sealed class MemoryScramTests() : ScramSuite(RigTransport.Memory);

public sealed class PortableScramTests() : ScramSuite(RigTransport.Portable);

public sealed class MemoryExternalTests() : ExternalSuite(RigTransport.Memory);

public sealed class PortableExternalTests() : ExternalSuite(RigTransport.Portable);

public sealed class LinuxExternalTests() : ExternalSuite(RigTransport.Linux);

public sealed class MemoryDigestTests() : DigestSuite(RigTransport.Memory);

public sealed class LinuxDigestTests() : DigestSuite(RigTransport.Linux);

public sealed class MemoryBearerLoginTests() : BearerLoginSuite(RigTransport.Memory);

public sealed class PortableBearerLoginTests() : BearerLoginSuite(RigTransport.Portable);

public sealed class LinuxBearerLoginTests() : BearerLoginSuite(RigTransport.Linux);

public sealed class MemoryMovingUserTests() : MovingUserSuite(RigTransport.Memory);

public sealed class PortableMovingUserTests() : MovingUserSuite(RigTransport.Portable);

public sealed class LinuxMovingUserTests() : MovingUserSuite(RigTransport.Linux);

public sealed class MemoryGoodbyeTests() : GoodbyeSuite(RigTransport.Memory);

public sealed class PortableGoodbyeTests() : GoodbyeSuite(RigTransport.Portable);

public sealed class LinuxGoodbyeTests() : GoodbyeSuite(RigTransport.Linux);

public sealed class MemoryStoreHealthTests() : StoreHealthSuite(RigTransport.Memory);

public sealed class PortableStoreHealthTests() : StoreHealthSuite(RigTransport.Portable);

public sealed class LinuxStoreHealthTests() : StoreHealthSuite(RigTransport.Linux);

public sealed class MemoryReferralTests() : ReferralSuite(RigTransport.Memory);

public sealed class PortableReferralTests() : ReferralSuite(RigTransport.Portable);

public sealed class LinuxReferralTests() : ReferralSuite(RigTransport.Linux);

public sealed class MemoryLiveSessionsTests() : LiveSessionsSuite(RigTransport.Memory);

public sealed class PortableLiveSessionsTests() : LiveSessionsSuite(RigTransport.Portable);

public sealed class LinuxLiveSessionsTests() : LiveSessionsSuite(RigTransport.Linux);

public sealed class MemorySieveLoginTests() : SieveLoginSuite(RigTransport.Memory);

public sealed class PortableSieveLoginTests() : SieveLoginSuite(RigTransport.Portable);

public sealed class LinuxSieveLoginTests() : SieveLoginSuite(RigTransport.Linux);

public sealed class MemorySieveStoreDialogueTests() : SieveStoreDialogueSuite(RigTransport.Memory);

public sealed class PortableSieveStoreDialogueTests() : SieveStoreDialogueSuite(RigTransport.Portable);

public sealed class LinuxSieveStoreDialogueTests() : SieveStoreDialogueSuite(RigTransport.Linux);

public sealed class PortableProxyHeaderTests() : ProxyHeaderSuite(RigTransport.Portable);

public sealed class LinuxProxyHeaderTests() : ProxyHeaderSuite(RigTransport.Linux);

public sealed class PortableXclientTests() : XclientSuite(RigTransport.Portable);

public sealed class LinuxXclientTests() : XclientSuite(RigTransport.Linux);

public sealed class MemorySmtpEdgeTests() : SmtpEdgeSuite(RigTransport.Memory);

public sealed class PortableSmtpEdgeTests() : SmtpEdgeSuite(RigTransport.Portable);

public sealed class LinuxSmtpEdgeTests() : SmtpEdgeSuite(RigTransport.Linux);

public sealed class MemorySubmissionRulesTests() : SubmissionRulesSuite(RigTransport.Memory);

public sealed class PortableSubmissionRulesTests() : SubmissionRulesSuite(RigTransport.Portable);

public sealed class LinuxSubmissionRulesTests() : SubmissionRulesSuite(RigTransport.Linux);

public sealed class MemoryMilterTimeTests() : MilterTimeSuite(RigTransport.Memory);

public sealed class PortableMilterTimeTests() : MilterTimeSuite(RigTransport.Portable);

public sealed class LinuxMilterTimeTests() : MilterTimeSuite(RigTransport.Linux);

public sealed class MemoryMilterTests() : MilterSuite(RigTransport.Memory);

public sealed class PortableMilterTests() : MilterSuite(RigTransport.Portable);

public sealed class LinuxMilterTests() : MilterSuite(RigTransport.Linux);
