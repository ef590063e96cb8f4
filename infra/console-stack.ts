// The web console on AWS: a bucket for its files, and one CloudFront distribution before these and the HTTP API, so that both have one origin.
// The files come there by `npm run publish-console`, with the rights of whoever runs it: no function is deployed for that.
import { CfnOutput, Duration, Fn, RemovalPolicy, Stack, type StackProps, Validations } from 'aws-cdk-lib';
import {
  AllowedMethods,
  CachePolicy,
  Distribution,
  Function as EdgeFunction,
  FunctionCode,
  FunctionEventType,
  FunctionRuntime,
  HeadersFrameOption,
  HeadersReferrerPolicy,
  HttpVersion,
  OriginRequestPolicy,
  PriceClass,
  ResponseHeadersPolicy,
  SecurityPolicyProtocol,
  ViewerProtocolPolicy,
} from 'aws-cdk-lib/aws-cloudfront';
import { HttpOrigin, S3BucketOrigin } from 'aws-cdk-lib/aws-cloudfront-origins';
import { BlockPublicAccess, Bucket, BucketEncryption, type IBucket, ObjectOwnership } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import type { DataStack } from './data-stack.ts';
import type { Stage } from './stage.ts';

export interface ConsoleProps extends StackProps {
  stage: Stage;
  data: DataStack;
  /** `https://<id>.execute-api.<region>.amazonaws.com` */
  apiEndpoint: string;
}

/** The page stands where a folder would: a bucket knows no folders. */
const pathsCode = `function handler(event) {
  var request = event.request;
  if (request.uri === '/console')
    return { statusCode: 308, statusDescription: 'Permanent Redirect', headers: { location: { value: '/console/' } } };
  if (request.uri === '/console/') request.uri = '/console/index.html';
  return request;
}`;

export class ConsoleStack extends Stack {
  readonly distribution: Distribution;

  constructor(scope: Construct, id: string, props: ConsoleProps) {
    const { stage, data, apiEndpoint, ...rest } = props;
    super(scope, id, rest);
    const site = this.#siteBucket();
    const rules = this.#rules(stage, data);
    const paths = new EdgeFunction(this, 'Paths', {
      code: FunctionCode.fromInline(pathsCode),
      runtime: FunctionRuntime.JS_2_0,
      comment: 'The page of the console stands at /console/',
    });
    const files = {
      // The library's class does not fit its own interface where optional properties are exact.
      origin: S3BucketOrigin.withOriginAccessControl(site as IBucket),
      viewerProtocolPolicy: ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
      responseHeadersPolicy: rules,
      cachePolicy: CachePolicy.CACHING_OPTIMIZED,
      functionAssociations: [{ function: paths, eventType: FunctionEventType.VIEWER_REQUEST }],
      compress: true,
    };
    // Clients sign path, query and body: all goes on as it came, and nothing is kept.
    const api = {
      origin: new HttpOrigin(Fn.select(2, Fn.split('/', apiEndpoint)), { readTimeout: Duration.seconds(30) }),
      viewerProtocolPolicy: ViewerProtocolPolicy.HTTPS_ONLY,
      allowedMethods: AllowedMethods.ALLOW_ALL,
      cachePolicy: CachePolicy.CACHING_DISABLED,
      originRequestPolicy: OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER,
    };
    this.distribution = new Distribution(this, 'Site', {
      comment: `Stevedore ${stage.name}: the web console, and the API on the same origin`,
      defaultBehavior: api,
      // The first pattern that fits counts.
      additionalBehaviors: { '/console/api/*': api, '/console': files, '/console/*': files },
      httpVersion: HttpVersion.HTTP2_AND_3,
      minimumProtocolVersion: SecurityPolicyProtocol.TLS_V1_2_2021,
      priceClass: PriceClass.PRICE_CLASS_ALL,
    });
    this.#answerFor(this.distribution);
    new CfnOutput(this, 'Bucket', { value: site.bucketName });
    new CfnOutput(this, 'Url', { value: `https://${this.distribution.domainName}/console/` });
  }

  /** Nothing in it is secret, and a build makes it anew. */
  #siteBucket(): Bucket {
    const bucket = new Bucket(this, 'Files', {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      encryption: BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    Validations.of(bucket).acknowledge({
      id: 'AwsSolutions-S1',
      reason: 'The bucket holds the public files of a web page and nothing of any client; CloudFront alone reads it.',
    });
    return bucket;
  }

  /** The same rules as on one machine, but that files go up to the bucket of uploads. */
  #rules(stage: Stage, data: DataStack): ResponseHeadersPolicy {
    const uploads = `https://${data.buckets.uploads.bucketRegionalDomainName}`;
    const contentSecurityPolicy = [
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      "img-src 'self'",
      `connect-src 'self' ${uploads}`,
      "form-action 'none'",
      "base-uri 'none'",
      "frame-ancestors 'none'",
    ].join('; ');
    return new ResponseHeadersPolicy(this, 'Rules', {
      responseHeadersPolicyName: `stevedore-${stage.name}-console`,
      securityHeadersBehavior: {
        contentSecurityPolicy: { contentSecurityPolicy, override: true },
        contentTypeOptions: { override: true },
        frameOptions: { frameOption: HeadersFrameOption.DENY, override: true },
        referrerPolicy: { referrerPolicy: HeadersReferrerPolicy.NO_REFERRER, override: true },
        strictTransportSecurity: { accessControlMaxAge: Duration.days(365), override: true },
      },
    });
  }

  #answerFor(distribution: Distribution): void {
    const answers: [id: string, reason: string][] = [
      ['CFR1', 'Who may call is decided by keys and signatures, wherever in the world the caller is.'],
      [
        'CFR2',
        'Calls are signed and throttled by route and key; a firewall can be put before it, and costs while idle.',
      ],
      ['CFR3', 'Access logs would hold queries with signatures and addresses; the HTTP API keeps a log without them.'],
      ['CFR4', 'The name of CloudFront itself comes with its own certificate, for which the minimum cannot be set.'],
    ];
    for (const [id, reason] of answers) Validations.of(distribution).acknowledge({ id: `AwsSolutions-${id}`, reason });
  }
}
